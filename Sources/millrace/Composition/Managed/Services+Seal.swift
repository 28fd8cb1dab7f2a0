import AWSServices
import Backends
import Corpus
import Foundation
import Logging
import ServiceLifecycle
import Workspace

/// What secrets are sealed with, and what follows its keys.
struct OpenedSeal {
    let seal: VariableSeal
    /// Follows the keys until its task is cancelled, and seals anew what older ones have sealed.
    let follow: @Sendable () async -> Void
    /// Whether every process that shares the store has the newest key by now: what is sealed anew opens with no other.
    var mayReseal: @Sendable () async throws -> Bool = { true }
}

/// Where secrets lie, and the keys that they are sealed with.
struct SealPlaces {
    let store: any SealedValueStore
    let guarded: any GuardedKeyStore
    /// Whether fresh keys are made where there are none, though something is sealed with others.
    var isGivingUp = false
}

extension Services {
    /// Seals secrets that the workspace keeps, with keys as the settings say: those of the data folder, those that are
    /// given, or those that KMS guards.
    ///
    /// - Throws: where KMS guards them and does not give them, with the key, the action and AWS's id of the request.
    func seal() async throws -> VariableSeal { try await openedSeal().seal }

    /// What follows the keys of the seal until the process ends.
    func sealServices() async throws -> [any Service] {
        [SealKeyService(opened: try await openedSeal())]
    }

    private func openedSeal() async throws -> OpenedSeal {
        try await sealPart {
            try await self.openedSeal(
                SealPlaces(store: try self.workspace(), guarded: try self.guardedKeyPlace()))
        }
    }

    /// - Throws: ``LostSealKeys`` where there are no keys, and something is sealed that none opens.
    func openedSeal(_ places: SealPlaces) async throws -> OpenedSeal {
        guard let key = settings[\.database.sealKMSKey] else { return try await openSeal(places) }
        return try await guardedSeal(key, places)
    }

    /// Whether all processes that share the database have the keys of the seal.
    var sharesSeal: Bool {
        settings[\.database.provider] == .postgres
            && (settings[\.database.sealKeys] != nil || settings[\.database.sealKMSKey] != nil)
    }

    private func openSeal(_ places: SealPlaces) async throws -> OpenedSeal {
        guard try await places.guarded.guardedKeys() == nil else {
            throw settings.bad(
                \.database.sealKMSKey,
                "the secrets here are sealed with keys that a key of KMS guards (\(places.guarded.guardedKeysPlace)), and its id, ARN or alias is expected"
            )
        }
        if let keys = try givenSealKeys() {
            let ring = SealKeyRing(keys)
            let mayReseal = try await nodesSealAlike(ring)
            let follower = SealFollower(
                ring, store: places.store, mayBegin: mayReseal,
                progress: sealProgress(Settings.name(\.database.sealKeys)),
                report: sealReport(Settings.name(\.database.sealKeys)))
            return OpenedSeal(
                seal: VariableSeal(ring), follow: { await follower.run() }, mayReseal: mayReseal)
        }
        let folder = settings[\.data]
        let file = folder.appendingPathComponent(SealKeyFile.fileName).path
        if try SealKeyFile.existing(in: folder) == nil, !places.isGivingUp {
            try await checkNothingIsLost(places, file)
        }
        let ring = SealKeyRing(try SealKeyFile.keys(in: folder))
        let mayReseal = try isAloneWithFolder()
        let follower = SealFollower(
            ring, store: places.store, reading: { try SealKeyFile.followed(in: folder) }, mayBegin: mayReseal,
            progress: sealProgress(file), report: sealReport(file))
        return OpenedSeal(
            seal: VariableSeal(ring), follow: { await follower.run() }, mayReseal: mayReseal)
    }

    /// Tells whether no other process shares the database: another one has a folder of its own, and a fresh key of this one's
    /// is not in it.
    private func isAloneWithFolder() throws -> @Sendable () async throws -> Bool {
        guard settings[\.database.provider] == .postgres else { return { true } }
        let registry = PostgresCorpus(try (root ?? self).postgresPool())
        return { try await registry.nodes().count <= 1 }
    }

    /// Of a database on a server, another process's folder may have the keys: that is told, and no more.
    private func checkNothingIsLost(_ places: SealPlaces, _ file: String) async throws {
        do {
            try await LostSealKeys.check(places.store, openedBy: nil, place: file)
        } catch let lost as LostSealKeys {
            guard settings[\.database.provider] == .postgres else { throw lost }
            logger.warning(
                "secrets are sealed with keys that this process has not",
                metadata: ["millrace.detail": "\(lost)"])
        }
    }

    /// Tells whether every process that shares the database seals with the newest key of a ring: what is sealed anew opens
    /// with no older one.
    private func nodesSealAlike(_ ring: SealKeyRing) async throws -> @Sendable () async throws -> Bool {
        let registry = PostgresCorpus(try (root ?? self).postgresPool())
        let identity = try await registry.identity()
        let (group, fact) = (AgreedSettings.storageGroup, Settings.name(\.database.sealKeys))
        return {
            guard let own = Self.sealFact(VariableSeal(ring)) else { return false }
            let digest = AgreedFacts([group: [fact: own]], salt: identity).groups[group]?[fact]
            return try await registry.nodes().allSatisfy { $0.facts.groups[group]?[fact] == digest }
        }
    }

    /// What of its keys a process tells others, as a digest: thirty-two random bytes, of which a digest tells nothing.
    static func sealFact(_ seal: VariableSeal) -> String? {
        seal.secret(for: "comparison of nodes")?.base64EncodedString()
    }

    /// Those of the settings; `nil` where they give none.
    private func givenSealKeys() throws -> SealKeys? {
        guard settings[\.database.provider] == .postgres, let keys = settings[\.database.sealKeys] else {
            return nil
        }
        return try SealKeys(lines: keys, from: Settings.name(\.database.sealKeys))
    }

    private func guardedSeal(_ keyID: String, _ places: SealPlaces) async throws -> OpenedSeal {
        let older = try givenSealKeys() ?? SealKeyFile.existing(in: settings[\.data])
        let place = places.guarded
        let installation = try await (place as? PostgresCorpus)?.identity() ?? UUID().uuidString.lowercased()
        let days = settings[\.database.sealKeyDays]
        let metadata: Logger.Metadata = ["millrace.place": "\(place.guardedKeysPlace)"]
        let logger = logger
        let keys = KMSSealKeys(
            try await kms(ofKey: keyID), keyID: keyID, store: place,
            period: days == 0 ? nil : TimeInterval(days) * 86_400,
            sealed: places.isGivingUp ? nil : places.store
        ) { note in
            var level = Logger.Level.notice
            switch note {
            case .notMoved, .notExchanged, .full, .keptAgain: level = .warning
            case .took, .moved, .exchanged: break
            }
            logger.log(
                level: level, "the keys that secrets are sealed with",
                metadata: metadata.merging(["millrace.detail": "\(note)"]) { $1 })
        }
        let known = try await keys.guarded(installation: installation, older: older)
        let ring = SealKeyRing(known.keys)
        let follower = SealKeyFollower(
            keys, from: known, ring: ring, store: places.store,
            progress: sealProgress(place.guardedKeysPlace), report: sealReport(place.guardedKeysPlace))
        return OpenedSeal(seal: VariableSeal(ring)) { await follower.run() }
    }

    private func sealReport(_ place: String) -> @Sendable (SealNews) -> Void {
        let logger = logger
        return { Self.tell($0, ["millrace.place": "\(place)"], logger) }
    }

    private func sealProgress(_ place: String) -> @Sendable (Resealing.Progress) -> Void {
        let logger = logger
        return { progress in
            logger.info(
                "secrets are being sealed anew",
                metadata: [
                    "millrace.place": "\(place)", "millrace.kind": "\(progress.kind.words(of: 2))",
                    "millrace.sealed": "\(progress.outcome.sealed)",
                    "millrace.unreadable": "\(progress.outcome.unreadable)",
                ])
        }
    }

    private static func tell(_ news: SealNews, _ metadata: Logger.Metadata, _ logger: Logger) {
        switch news {
        case .resealed(let outcome):
            logger.log(
                level: outcome.unreadable == 0 ? .notice : .warning,
                "secrets were sealed anew with the newest key",
                metadata: metadata.merging([
                    "millrace.sealed": "\(outcome.sealed)", "millrace.unreadable": "\(outcome.unreadable)",
                ]) { $1 })
        case .failed(let reason):
            logger.warning(
                "the keys that secrets are sealed with could not be followed; those of before serve on",
                metadata: metadata.merging(["millrace.reason": "\(reason)"]) { $1 })
        case .recovered:
            logger.notice("the keys that secrets are sealed with are followed again", metadata: metadata)
        }
    }

    /// KMS in the region of a key.
    func kms(ofKey keyID: String) async throws -> KMS {
        // arn:PARTITION:kms:REGION:ACCOUNT:key/ID
        let parts = keyID.split(separator: ":", omittingEmptySubsequences: false)
        let region = parts.count > 5 && parts[0] == "arn" && !parts[3].isEmpty ? String(parts[3]) : nil
        guard let region else { return try KMS(try await awsAccount()) }
        return try KMS(try await newAWSAccount(region))
    }

    func guardedKeyPlace() throws -> any GuardedKeyStore {
        guard settings[\.database.provider] == .postgres, let corpus = try corpus() as? PostgresCorpus else {
            return GuardedKeyFile(in: settings[\.data])
        }
        return corpus
    }
}

/// Follows the keys of a seal until the process ends.
private struct SealKeyService: Service {
    let opened: OpenedSeal

    func run() async {
        await cancelWhenGracefulShutdown { await opened.follow() }
    }
}
