import Flow
import Workspace

extension StoredFlow {
    /// Whether it is this owner's own; byte for byte, as the stores tell owners apart.
    public func belongs(to owner: Owner) -> Bool {
        self.owner.tenant.utf8.elementsEqual(owner.tenant.utf8)
            && self.owner.name.utf8.elementsEqual(owner.name.utf8)
    }

    /// The version that callers run: the published one, or the newest where none is.
    public var shown: Int { published ?? latest }

    /// The number that a choice means for somebody. The newest version is its owner's affair until it is published.
    func number(_ choice: FlowVersionChoice, for owner: Owner) -> Int {
        switch choice {
        case .published: shown
        case .latest: belongs(to: owner) ? latest : shown
        case .number(let number): number
        }
    }

    /// Whether somebody may see and choose a version: another's flow shows the one that callers run, and no other.
    public func shows(_ number: Int, to owner: Owner) -> Bool {
        belongs(to: owner) || number == shown
    }
}

extension FlowService {
    /// Refuses a version of another's flow that is not the one which callers run, as one that is not there.
    ///
    /// - Throws: ``FlowServiceError/noSuchVersion(flow:number:)``, or why the flow is not found.
    func checkVersion(
        _ choice: FlowVersionChoice, of name: String, for owner: Owner
    ) async throws(FlowServiceError) {
        guard case .number(let number) = choice, !settingsFlows.contains(where: { $0.name == name }) else {
            return
        }
        let flow = try await found(name, for: owner)
        guard flow.shows(number, to: owner) else { throw .noSuchVersion(flow: flow.name, number: number) }
    }
}
