import Backends
import Foundation
import Moving
import Workspace

extension MovePlace {
    /// Where the place keeps the keys of its seal if KMS guards them.
    var guardedKeys: any GuardedKeyStore {
        switch self {
        case .folder(let folder): GuardedKeyFile(in: folder)
        case .server(let settings): PostgresCorpus(PostgresPool(settings, size: 1))
        }
    }

    /// Has another place keep this one's guarded keys too: the secrets that were moved there are sealed with them.
    ///
    /// - Throws: where that one has those of another installation.
    func copyGuardedKeys(to target: MovePlace) async throws {
        guard let keys = try await guardedKeys.guardedKeys() else { return }
        let place = target.guardedKeys
        let old = try await place.guardedKeys()
        if old == keys { return }
        // What an earlier move left there is of the same installation, and older.
        let isOwn = old.map { KMSSealKeys.installation(of: $0) == KMSSealKeys.installation(of: keys) } ?? true
        guard isOwn, try await place.keepGuardedKeys(keys, insteadOf: old) else {
            throw CommandError(
                """
                The rows were moved, and the keys that their secrets are sealed with were not: \(place.guardedKeysPlace) \
                has others, guarded by KMS too. Set the secrets anew there.
                """)
        }
    }
}
