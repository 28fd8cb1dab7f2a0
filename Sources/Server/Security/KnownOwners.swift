import Corpus
import Synchronization
import Workspace

/// The owners that callers lately were: who asks again is not worked out again.
final class KnownOwners: Sendable {
    private let owners = Mutex<[Reader: Owner]>([:])
    static let limit = 1_024

    func owner(of reader: Reader) -> Owner {
        owners.withLock { owners in
            if let known = owners[reader] { return known }
            let owner = Owner(reader)
            if owners.count >= Self.limit { owners.removeAll(keepingCapacity: true) }
            owners[reader] = owner
            return owner
        }
    }
}
