/// The profile files that come with the program, byte for byte.
package enum BundledProfiles {
    /// A file with the id of its profile.
    package struct File: Sendable {
        package let id: ProfileID
        /// YAML in UTF-8.
        package let content: [UInt8]
    }

    package static let files: [File] = [
        File(id: ProfileID("mem-2021"), content: PackageResources.mem_2021_yaml),
        File(id: ProfileID("changzhou-2020"), content: PackageResources.changzhou_2020_yaml),
        File(id: ProfileID("beijing"), content: PackageResources.beijing_yaml),
        File(id: ProfileID("zibo-2020"), content: PackageResources.zibo_2020_yaml),
        File(
            id: ProfileID("licheng-dust-2023"),
            content: PackageResources.licheng_dust_2023_yaml),
    ]

    /// The years of the working-day calendar that the program knows, YAML in UTF-8.
    package static var calendar: [UInt8] { PackageResources.cn_yaml }

    package static func file(_ id: ProfileID) -> File? {
        files.first { $0.id == id }
    }
}
