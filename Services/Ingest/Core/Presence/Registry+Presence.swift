package import Domain
package import Policy

extension PresenceRule {
    package func offline(_ kind: PresenceSubject.Kind) -> Interval {
        switch kind {
        case .point: pointOffline
        case .gateway, .enterprise, .link: gatewayOffline
        case .camera: cameraOffline
        }
    }

    /// From how much silence on a line counts as silent; what comes of it waits for `offline`.
    ///
    /// A link beats every few seconds, and what stands behind it is not to be called silent before
    /// the link is: so that is known early.
    func noticed(_ kind: PresenceSubject.Kind) -> Interval {
        switch kind {
        case .link: min(LinkLimits.silentAfter, gatewayOffline)
        case .point, .gateway, .enterprise, .camera: offline(kind)
        }
    }
}

extension Registry {
    /// The cameras that nobody here can try.
    package var unreachableCameras: Set<PresenceSubject> {
        Set(cameras.values.filter { $0.address == nil }.map { PresenceSubject.camera($0.id) })
    }

    /// Everything that can be connected, with the node that it belongs to. Cameras behind a link
    /// are tried there, and the links themselves belong to their nodes.
    package func presenceSubjects(
        _ links: LinkPlaces = LinkPlaces()
    ) -> [(subject: PresenceSubject, node: NodeID)] {
        var all: [(subject: PresenceSubject, node: NodeID)] = []
        for node in links.watched { all.append((PresenceSubject(.link, node.text), node)) }
        for enterprise in enterprises.values {
            all.append((.enterprise(enterprise.id), enterprise.node))
        }
        for gateway in gateways.values {
            all.append((.gateway(gateway.id), NodeID(gateway.enterprise.text)))
        }
        for camera in cameras.values {
            if let node = node(of: .camera(camera)), links.link(of: node) == nil {
                all.append((.camera(camera.id), node))
            }
        }
        for point in points.values {
            if let node = node(of: .point(point)) { all.append((.point(point.id), node)) }
        }
        return all
    }
}
