import AWSServices
import Backends
import Foundation
import Logging
import Workspace

extension Services {
    /// Seals secrets that the workspace keeps, with keys as the settings say: those of the data folder, those that are
    /// given, or those that KMS guards.
    ///
    /// - Throws: where KMS guards them and does not give them, with the key, the action and AWS's id of the request.
    func seal() async throws -> VariableSeal {
        try await sealPart {
            guard let key = self.settings[\.database.sealKMSKey] else { return try await self.openSeal() }
            return VariableSeal(try await self.guardedSealKeys(key))
        }
    }

    /// Whether all processes that share the database have the keys of the seal.
    var sharesSeal: Bool {
        settings[\.database.provider] == .postgres
            && (settings[\.database.sealKeys] != nil || settings[\.database.sealKMSKey] != nil)
    }

    private func openSeal() async throws -> VariableSeal {
        let place = try guardedKeyPlace()
        guard try await place.guardedKeys() == nil else {
            throw settings.bad(
                \.database.sealKMSKey,
                "the secrets here are sealed with keys that a key of KMS guards (\(place.guardedKeysPlace)), and its id, ARN or alias is expected"
            )
        }
        return try givenSealKeys().map { VariableSeal($0) } ?? VariableSeal.open(in: settings[\.data])
    }

    /// Those of the settings; `nil` where they give none.
    private func givenSealKeys() throws -> SealKeys? {
        guard settings[\.database.provider] == .postgres, let keys = settings[\.database.sealKeys] else {
            return nil
        }
        return try SealKeys(lines: keys, from: Settings.name(\.database.sealKeys))
    }

    private func guardedSealKeys(_ keyID: String) async throws -> SealKeys {
        let older = try givenSealKeys() ?? SealKeyFile.existing(in: settings[\.data])
        let place = try guardedKeyPlace()
        let installation = try await (place as? PostgresCorpus)?.identity() ?? UUID().uuidString.lowercased()
        let logger = logger
        let keys = KMSSealKeys(try await kms(ofKey: keyID), keyID: keyID, store: place) { note in
            var level = Logger.Level.notice
            if case .notMoved = note { level = .warning }
            logger.log(
                level: level, "the keys that secrets are sealed with",
                metadata: ["millrace.place": "\(place.guardedKeysPlace)", "millrace.detail": "\(note)"])
        }
        return try await keys.keys(installation: installation, older: older)
    }

    /// KMS in the region of a key.
    func kms(ofKey keyID: String) async throws -> KMS {
        // arn:PARTITION:kms:REGION:ACCOUNT:key/ID
        let parts = keyID.split(separator: ":", omittingEmptySubsequences: false)
        let region = parts.count > 5 && parts[0] == "arn" && !parts[3].isEmpty ? String(parts[3]) : nil
        guard let region else { return try KMS(try await awsAccount()) }
        return try KMS(try await newAWSAccount(region))
    }

    private func guardedKeyPlace() throws -> any GuardedKeyStore {
        guard settings[\.database.provider] == .postgres, let corpus = try corpus() as? PostgresCorpus else {
            return GuardedKeyFile(in: settings[\.data])
        }
        return corpus
    }
}
