import Workspace

extension UsageMeter: WorkAccounting {
    public func counting(for owner: Owner, key: String, _ work: @Sendable () async -> Void) async {
        let own = RequestUsage()
        own.admitted(owner, key: key)
        begun(own)
        await RequestUsage.$current.withValue(own) { await work() }
        await over(own)
    }
}
