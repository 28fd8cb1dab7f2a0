import AWSServices
import Backends
import Foundation
import Transport
import Workspace

/// What of AWS the settings use beside models: each is asked for something that changes nothing.
extension AWSDiagnosis {
    private static let sample = "A shift on call lasts a week, from Monday to Monday."

    /// Buckets, keys and topics.
    func places(_ account: AWSAccount) async -> [Finding] {
        var findings: [Finding] = []
        let buckets: [(key: String, address: String?)] = [
            (Settings.name(\.blobs.s3), settings[\.blobs.s3]),
            (Settings.name(\.backup.place), settings[\.backup.place]),
            (Settings.name(\.index.snapshots), settings[\.index.snapshots]),
        ]
        for (key, address) in buckets {
            guard let address, let place = S3BlobStore.Place(address) else { continue }
            findings.append(await bucket("bucket of \(key)", place, account))
        }
        if let key = settings[\.blobs.kmsKey] { findings.append(await describedKey(key)) }
        if let key = settings[\.database.sealKMSKey] { findings.append(await sealKey(key)) }
        for topic in settings[\.runs.topics] where !topic.hasSuffix("*") {
            findings.append(await self.topic(topic))
        }
        return findings
    }

    private func bucket(_ part: String, _ place: S3BlobStore.Place, _ account: AWSAccount) async -> Finding {
        await tried(part) {
            _ = try await S3(account).list(
                place.bucket, prefix: place.prefix.isEmpty ? "" : place.prefix + "/", limit: 1)
            return "\(place.bucket) can be listed; reading and writing are not tried"
        }
    }

    /// Of the key that S3 encrypts with: it is S3 that uses it, in the caller's name.
    private func describedKey(_ keyID: String) async -> Finding {
        let part = "KMS key of \(Settings.name(\.blobs.kmsKey))"
        return await tried(
            part, unlessDenied: "S3 uses it all the same if kms:GenerateDataKey and kms:Decrypt are allowed"
        ) {
            "\(try await services.kms(ofKey: keyID).arn(of: keyID)); S3 uses it"
        }
    }

    private func sealKey(_ keyID: String) async -> Finding {
        await tried("KMS key of \(Settings.name(\.database.sealKMSKey))") {
            let isServer = settings[\.database.provider] == .postgres
            let pool = try isServer ? services.postgresPool() : nil
            var found: PostgresInspection?
            if let pool { found = try await PostgresInspection.read(pool) }
            // Opening the database would take the steps.
            if let found, !found.pendingSteps.isEmpty {
                return "not tried: the database's schema is not there or not up to date yet"
            }
            let corpus = pool.map { PostgresCorpus($0) }
            let installation = found?.identity ?? "doctor"
            var store: any GuardedKeyStore = GuardedKeyFile(in: settings[\.data])
            if let corpus { store = corpus }
            let keys = KMSSealKeys(
                try await services.kms(ofKey: keyID), keyID: keyID, store: store)
            return try await keys.check(installation: installation)
                ? "it opens the keys that secrets are sealed with"
                : "it makes keys; the first start keeps some"
        }
    }

    private func topic(_ arn: String) async -> Finding {
        // arn:PARTITION:sns:REGION:ACCOUNT:NAME
        let region = arn.split(separator: ":", omittingEmptySubsequences: false).dropFirst(3).first.map(
            String.init)
        return await tried(
            "SNS topic", unlessDenied: "sns:Publish alone is needed, and is not tried"
        ) {
            try await SNS(services.newAWSAccount(region)).checkTopic(arn)
            return "\(arn) is there; publishing is not tried"
        }
    }

    /// The managed searches that are asked beside the corpus.
    func searches() async -> [Finding] {
        var findings: [Finding] = []
        if let index = settings[\.kendra.index] {
            findings.append(
                await tried("Kendra") {
                    let found = try await Kendra(services.awsAccount(settings[\.kendra.region])).index(index)
                    return "\(found.name) (\(index)) is \(found.status); searching it is not tried"
                })
        }
        if let id = settings[\.bedrock.knowledgeBase] {
            findings.append(
                await tried("knowledge base") {
                    let query = KnowledgeBaseQuery(knowledgeBaseID: id, text: Self.sample, numberOfResults: 1)
                    let found = try await services.bedrockAgents().retrieve(query)
                    return "\(id) answers, with \(found.results.count) of 1 passages"
                })
        }
        return findings
    }

    /// Each operation that the settings use, with one short text.
    func comprehend() async -> [Finding] {
        let insights = settings[\.comprehend.insights]
        var calls: [(action: String, call: (Comprehend) async throws -> Void)] = []
        if !insights.isEmpty || settings[\.comprehend.pii] != .keep {
            calls.append(("BatchDetectDominantLanguage", { _ = try await $0.languages(of: [Self.sample]) }))
        }
        for insight in insights {
            switch insight {
            case .language: continue
            case .entities:
                calls.append(
                    ("BatchDetectEntities", { _ = try await $0.entities(of: [Self.sample], in: .english) }))
            case .keyPhrases:
                calls.append(
                    (
                        "BatchDetectKeyPhrases",
                        { _ = try await $0.keyPhrases(of: [Self.sample], in: .english) }
                    ))
            case .sentiment:
                calls.append(
                    ("BatchDetectSentiment", { _ = try await $0.sentiments(of: [Self.sample], in: .english) })
                )
            }
        }
        if settings[\.comprehend.pii] != .keep {
            calls.append(
                ("DetectPiiEntities", { _ = try await $0.personalData(in: Self.sample, language: .english) }))
        }
        var findings: [Finding] = []
        for (action, call) in calls {
            findings.append(
                await tried("Comprehend \(action)") {
                    let client = try await Comprehend(services.awsAccount(settings[\.comprehend.region]))
                    try await call(client)
                    return "allowed in \(client.region)"
                })
        }
        return findings
    }

    /// - Parameter note: what is said beside a denial of what is not needed; `nil` and a denial is a failure.
    private func tried(
        _ part: String, unlessDenied note: String? = nil, _ attempt: () async throws -> String
    ) async -> Finding {
        do {
            return .fine(part, try await attempt())
        } catch {
            if let note, (error as? AWSError)?.kind == .accessDenied {
                return .noted(part, "\(note). \(error)")
            }
            return .fails(part, "\(error)")
        }
    }
}
