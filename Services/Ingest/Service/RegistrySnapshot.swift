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

    private let view = Mutex(View(registry: Registry(), directory: PointDirectory()))

    package init() {}

    package var current: View { view.withLock { $0 } }

    /// Takes over a committed registry; an older one that comes late is left.
    package func take(_ machine: RegistryMachine) {
        if machine.version <= current.directory.version { return }
        let directory = PointDirectory(machine.registry, version: machine.version)
        view.withLock { view in
            if directory.version > view.directory.version {
                view = View(registry: machine.registry, directory: directory)
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
