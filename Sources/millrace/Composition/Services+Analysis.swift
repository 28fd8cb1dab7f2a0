import AWSServices
import Ingest
import Models
import QA

/// Services that look at texts at ingest, and managed searches.
extension Services {
    /// What finds out about passages at ingest; `nil` when nothing is asked for.
    func textAnalyzer() async throws -> (any TextAnalyzer)? {
        let asked = settings[\.comprehend.insights]
        guard !asked.isEmpty else { return nil }
        var parts: ComprehendAnalyzer.Parts = []
        for part in asked {
            switch part {
            case .language: parts.insert(.language)
            case .entities: parts.insert(.entities)
            case .keyPhrases: parts.insert(.keyPhrases)
            case .sentiment: parts.insert(.sentiment)
            }
        }
        return ComprehendAnalyzer(try await comprehend(), parts: parts)
    }

    /// What takes personal data out before anything is embedded; `nil` when it is kept.
    func privacyFilter() async throws -> PrivacyFilter? {
        let action: PrivacyFilter.Action
        switch settings[\.comprehend.pii] {
        case .keep: return nil
        case .mask: action = .mask
        case .leaveOut: action = .leaveOut
        }
        let types = settings[\.comprehend.piiTypes].map { $0.uppercased() }.sorted()
        let score = settings[\.comprehend.piiScore]
        return PrivacyFilter(
            detector: ComprehendPIIDetector(try await comprehend(), minScore: score, types: Set(types)),
            action: action, name: "comprehend/\(score)/\(types.joined(separator: "+"))")
    }

    /// The managed searches that the settings name.
    func externalRetrievers() async throws -> [ExternalSearchSource: any ExternalRetriever] {
        var retrievers: [ExternalSearchSource: any ExternalRetriever] = [:]
        if let index = settings[\.kendra.index] {
            retrievers[.kendra] = KendraRetriever(
                try Kendra(try await awsAccount(settings[\.kendra.region])), indexID: index)
        }
        if let id = settings[\.bedrock.knowledgeBase] {
            retrievers[.knowledgeBase] = KnowledgeBaseRetriever(
                try await bedrockAgents(), knowledgeBaseID: id,
                readersKey: settings[\.bedrock.knowledgeBaseReaders])
        }
        try checkExternalSources()
        return retrievers
    }

    /// - Throws: for a managed search that is asked and not named.
    func checkExternalSources() throws {
        for source in settings[\.answers.sources] {
            switch source {
            case .kendra:
                guard settings[\.kendra.index] == nil else { continue }
                throw settings.bad(\.answers.sources, "with kendra, kendra.index is expected as well")
            case .knowledgeBase:
                guard settings[\.bedrock.knowledgeBase] == nil else { continue }
                throw settings.bad(
                    \.answers.sources,
                    "with knowledge-base, bedrock.knowledge_base is expected as well")
            }
        }
    }

    private func comprehend() async throws -> Comprehend {
        try Comprehend(try await awsAccount(settings[\.comprehend.region]))
    }
}
