import Domain
import RPC
import Runtime

/// What a token may ask about.
extension RegistrySnapshot {
    /// What stands under the node that is asked for; nil if none is.
    func under(
        _ id: String, _ principal: Principal
    ) throws(RPCStatus) -> ((NodeID) -> Bool)? {
        if id.isEmpty { return nil }
        let node = NodeID(id)
        let view = current
        guard !view.registry.path(of: node).isEmpty else {
            throw RPCStatus(
                .notFound,
                "The registry has no node \"\(node)\". `hazwatch registry export` lists all.")
        }
        guard view.isVisible(node, to: principal) else {
            throw RPCStatus(
                .permissionDenied,
                "The node \(node) does not stand under \(principal.node), the node of the token "
                    + "of \(principal.subject). Use a token of a node above it.")
        }
        return { view.registry.stands($0, under: node) }
    }

    /// What the token may see of what stands under the node that is asked for.
    func seen(
        _ id: String, _ principal: Principal
    ) throws(RPCStatus) -> (NodeID) -> Bool {
        try principal.require(.service, .officer, .administrator)
        let isUnder = try under(id, principal)
        let view = current
        return { view.isVisible($0, to: principal) && (isUnder?($0) ?? true) }
    }
}
