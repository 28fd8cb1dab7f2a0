import Foundation
import Server

/// What is wrong with settings, as far as they alone tell: nothing is opened, made or asked.
///
/// Each check is the one that a start makes, so that what passes here is not refused there.
struct SettingsCheck {
    let file: String?
    let environment: [String: String]
    let overrides: [String]

    /// Everything that is wrong, as people are told it.
    func faults() -> [String] {
        let (read, faults) = Settings.reading(file: file, environment: environment, overrides: overrides)
        var told = faults.map(\.description)
        // What stands behind references is not known, and whether it is there matters alone.
        let settings = read.standingIn()
        let services = Services(settings)
        told += Self.contradictions(services)
        for (name, house) in (try? services.houses()) ?? [] {
            // What it has of its own may need more than what is everybody's.
            let own = Self.contradictions(ofModels: house).filter { !told.contains($0) }
            told += own.map { "tenant \(name): \($0)" }
        }
        return told
    }

    /// Variables that look like settings and are none, each with the nearest that there is.
    func unknownVariables() -> [(name: String, nearest: String?)] {
        let known = Set(Keys.all.map(\.environmentName)).union(Self.otherVariables)
        return environment.keys.filter { $0.hasPrefix("MILLRACE_") && !known.contains($0) }.sorted()
            .map { ($0, Spelling.nearest(to: $0, among: Array(known))) }
    }

    /// Of the environment, and no settings.
    private static let otherVariables = [
        "MILLRACE_API_KEY", "MILLRACE_BACKUP_KEY", "MILLRACE_KERNELS", "MILLRACE_MODEL_DIR",
        "MILLRACE_READER_DIR", "MILLRACE_RECORD",
    ]

    private static func contradictions(_ services: Services) -> [String] {
        let settings = services.settings
        var faults: [String] = []
        check(&faults) { try settings.serverConfiguration().validate() }
        check(&faults) { try services.checkIdentitySettings() }
        if settings[\.database.provider] == .postgres {
            check(&faults) { _ = try services.primarySettings() }
            check(&faults) { _ = try services.replicaSettings() }
        }
        switch settings[\.vectors.provider] {
        case .local: break
        case .pgvector: check(&faults) { try services.checkSharedVectors() }
        case .openSearch: check(&faults) { _ = try services.openSearchAddress() }
        }
        switch settings[\.words.provider] {
        case .local: break
        case .postgres: check(&faults) { try services.checkSharedWords() }
        }
        check(&faults) { try services.checkSnapshots() }
        check(&faults) { _ = try services.blobPlace() }
        check(&faults) { _ = try services.runQueueing() }
        if let address = try? services.followedAddress() ?? settings[\.confluence.url] {
            check(&faults) { _ = try services.confluence(address) }
        }
        check(&faults) { _ = try services.followedAddress() }
        check(&faults) { try services.checkVerification() }
        check(&faults) { _ = try services.sourceAddresses() }
        check(&faults) { _ = try services.ingestOptions() }
        check(&faults) { try services.checkExternalSources() }
        check(&faults) { try services.checkPrivacy() }
        check(&faults) { _ = try services.addressGuard() }
        check(&faults) { _ = try services.webhookAddresses() }
        check(&faults) { _ = try services.flowDatabases() }
        check(&faults) { _ = try services.mcpServers(try services.namedClient()) }
        check(&faults) { _ = try services.settingsFlows() }
        return faults + contradictions(ofModels: services).filter { !faults.contains($0) }
    }

    /// Whether each model has what its provider needs.
    private static func contradictions(ofModels services: Services) -> [String] {
        let settings = services.settings
        var faults: [String] = []
        switch settings[\.embedding.provider] {
        case .local, .bedrock: break
        case .openai: check(&faults) { _ = try services.openAIEmbedder() }
        case .sagemaker: check(&faults) { _ = try services.needed(\.sagemaker.embeddingEndpoint) }
        }
        switch settings[\.answers.provider] {
        case .extractive, .bedrock: break
        case .openai: check(&faults) { _ = try services.openAIGenerator() }
        case .sagemaker: check(&faults) { _ = try services.needed(\.sagemaker.answerEndpoint) }
        }
        switch settings[\.rerank.provider] {
        case .local, .bedrock: break
        case .openai: check(&faults) { _ = try services.openAIReranker() }
        case .sagemaker: check(&faults) { _ = try services.needed(\.sagemaker.rerankEndpoint) }
        }
        return faults
    }

    /// Two checks may find the same.
    private static func check(_ faults: inout [String], _ body: () throws -> Void) {
        do {
            try body()
        } catch {
            let text = "\(error)"
            if !faults.contains(text) { faults.append(text) }
        }
    }
}

extension Settings {
    /// The same with standard values for references that stand for anything but text: what they stand for is fetched from
    /// elsewhere, and checked then.
    fileprivate func standingIn() -> Settings {
        var values: [String: String] = [:]
        for (setting, _) in references where setting.refusal(entries[setting.key]?.value ?? "") != nil {
            values[setting.key] = setting.standard
        }
        return replacing(values, origin: "standard")
    }
}
