package import Domain
package import IngestCore
package import Runtime
import Synchronization

/// The registry as it was last committed, for those who look at it for every reading.
package final class RegistrySnapshot: Sendable {
    package struct View: Sendable {
        package var registry: Registry
        package var directory: PointDirectory

        /// True if a token of `principal` may see what belongs to `node`.
        package func isVisible(_ node: NodeID, to principal: Principal) -> Bool {
            principal.seesAll || registry.stands(node, under: principal.node)
        }

        package func isVisible(_ enterprise: EnterpriseID, to principal: Principal) -> Bool {
            isVisible(NodeID(enterprise.text), to: principal)
        }
    }

    private let looks = Atomic<UInt64>(0)
    private let view = Mutex(View(registry: Registry(), directory: PointDirectory()))

    /// Told of each registry before readings are checked by it.
    private let willChange: @Sendable (Registry, LinkPlaces, _ version: UInt64) -> Void

    package init(
        willChange: @escaping @Sendable (Registry, LinkPlaces, _ version: UInt64) -> Void = {
            _, _, _ in
        }
    ) {
        self.willChange = willChange
    }

    package var current: View { view.withLock { $0 } }

    /// Takes over what the engine has committed; an older look that comes late is left.
    package func refresh(from engine: Engine<IngestMachine>) async throws {
        // Drawn where the engine is looked at, one look after another, so that later numbers are
        // later commits. The machine cannot count: it is made anew after a commit that failed.
        let (version, registry, links) = try await engine.read { machine in
            (
                looks.add(1, ordering: .relaxed).newValue, machine.registry,
                machine.links.places(in: machine.registry)
            )
        }
        let directory = PointDirectory(registry, version: version)
        willChange(registry, links, version)
        view.withLock { view in
            if directory.version > view.directory.version {
                view = View(registry: registry, directory: directory)
            }
        }
    }
}

extension Principal {
    /// Services see the whole tree, and so does a token for no node in particular.
    var seesAll: Bool { role == .service || node.text.isEmpty }

    /// Who may read whole telephone numbers.
    var seesTelephones: Bool { role == .service || role == .administrator }
}
