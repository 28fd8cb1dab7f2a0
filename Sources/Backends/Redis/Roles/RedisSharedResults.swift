import Corpus
import Foundation

/// Rankings and answers in a Redis, behind the seam that question answering shares them by.
///
/// What fails there is counted and told by the pool; here it is as if nothing were known.
public struct RedisSharedResults: SharedResults {
    private let base: RedisResults

    public init(_ base: RedisResults) {
        self.base = base
    }

    public func look(_ key: SharedKey, token: String, claim: Duration) async -> SharedLook {
        switch try? await base.look(key.kind.rawValue, key.bytes, token: token, claim: claim) {
        case .kept(let data): .kept(data)
        case .granted: .granted
        case .underWay: .underWay
        case nil: .unknown
        }
    }

    public func keep(_ value: Data, for key: SharedKey) async -> Bool {
        (try? await base.keep(key.kind.rawValue, key.bytes, value)) ?? false
    }

    public func renew(_ key: SharedKey, token: String, claim: Duration) async {
        _ = try? await base.renew(key.kind.rawValue, key.bytes, token: token, claim: claim)
    }

    public func release(_ key: SharedKey, token: String) async {
        try? await base.release(key.kind.rawValue, key.bytes, token: token)
    }
}
