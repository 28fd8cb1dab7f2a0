import AWSServices
import Components
import Ingest
import Models
import QA
import Transport

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
        return ComprehendAnalyzer(try await comprehend(), parts: parts, meter: useMeter)
    }

    /// What takes personal data out before anything is embedded; `nil` when it is kept.
    func privacyFilter() async throws -> PrivacyFilter? {
        let action: PrivacyFilter.Action
        switch settings[\.comprehend.pii] {
        case .keep: return nil
        case .mask: action = .mask
        case .leaveOut: action = .leaveOut
        }
        let types = settings.piiTypes
        return PrivacyFilter(
            detector: try await piiDetector(), action: action,
            name: "comprehend/\(settings[\.comprehend.piiScore])/\(types.joined(separator: "+"))")
    }

    private func piiDetector() async throws -> any PIIDetector {
        ComprehendPIIDetector(
            try await comprehend(), minScore: settings[\.comprehend.piiScore],
            types: Set(settings.piiTypes), meter: useMeter)
    }

    /// What takes personal data out of what is asked, or out of what managed searches found, before a model elsewhere is
    /// sent it; `nil` where it is sent as it is.
    func mask(of place: PIIPlace) async throws -> PersonalDataMask? {
        try checkPrivacy()
        guard settings[\.comprehend.piiAlsoIn].contains(place) else { return nil }
        return try await personalDataMaskPart { PersonalDataMask(try await self.piiDetector()) }
    }

    /// - Throws: where personal data is to be masked in more than pages, and is kept, or nobody elsewhere is shown it.
    func checkPrivacy() throws {
        let places = settings[\.comprehend.piiAlsoIn]
        guard !places.isEmpty else { return }
        guard settings[\.comprehend.pii] != .keep else {
            throw settings.bad(
                \.comprehend.piiAlsoIn, "with it, comprehend.pii is expected to be mask or leave_out")
        }
        guard let all = settingsOfAll else { return }
        guard !places.contains(.questions) || all.contains(where: \.hasModelElsewhere) else {
            throw settings.bad(
                \.comprehend.piiAlsoIn,
                "with questions, a model elsewhere is expected that is sent them: answers.provider, embedding.provider or rerank.provider"
            )
        }
        guard !places.contains(.searches) || all.contains(where: \.hasManagedSearch) else {
            throw settings.bad(
                \.comprehend.piiAlsoIn,
                "with searches, a managed search is expected as well: kendra.index or bedrock.knowledge_base")
        }
    }

    /// Those of every tenant, the default one first; `nil` for a tenant's own graph, which may have what another one needs.
    private var settingsOfAll: [Settings]? {
        root == nil ? [settings] + settings[\.tenants].map { settings.ofTenant($0) } : nil
    }

    /// The managed searches that the settings name.
    func externalRetrievers() async throws -> [ExternalSearchSource: any ExternalRetriever] {
        var retrievers: [ExternalSearchSource: any ExternalRetriever] = [:]
        if let index = settings[\.kendra.index] {
            retrievers[.kendra] = KendraRetriever(
                try Kendra(try await awsAccount(settings[\.kendra.region])), indexID: index,
                settings: settings.kendraSearch, meter: useMeter)
        }
        if let id = settings[\.bedrock.knowledgeBase] {
            let agents = try await bedrockAgents()
            retrievers[.knowledgeBase] = KnowledgeBaseRetriever(
                agents, knowledgeBaseID: id, settings: settings.knowledgeBaseSearch(agents),
                meter: useMeter)
        }
        try checkExternalSources()
        if let mask = try await mask(of: .searches) {
            let leavesOut = settings[\.comprehend.pii] == .leaveOut
            return retrievers.mapValues { MaskedRetriever($0, mask, leavesOut: leavesOut) }
        }
        return retrievers
    }

    /// - Throws: for a managed search that is asked and not named, and for one that cannot be asked as the settings say.
    func checkExternalSources() throws {
        if settings[\.kendra.index] != nil, settings[\.kendra.caller] == .token,
            settings[\.auth.audience].isEmpty
        {
            throw settings.bad(
                \.kendra.caller, "with token, auth.audience is expected as well: no token is taken without it"
            )
        }
        if settings[\.kendra.everyoneGroup] != nil,
            settingsOfAll?.contains(where: \.tellsKendraGroups) == false
        {
            throw settings.bad(
                \.kendra.everyoneGroup,
                "groups are told with kendra.index and kendra.caller principals alone, which are expected as well"
            )
        }
        if settings[\.bedrock.knowledgeBaseSendsUser], settings[\.bedrock.knowledgeBaseSearch] != .managed {
            throw settings.bad(
                \.bedrock.knowledgeBaseSendsUser,
                "only a managed knowledge base knows users: bedrock.knowledge_base_search is expected to be managed"
            )
        }
        if settings[\.bedrock.knowledgeBaseGuarded], settings[\.bedrock.guardrail] == nil {
            throw settings.bad(
                \.bedrock.knowledgeBaseGuarded, "with it, bedrock.guardrail is expected as well")
        }
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

    /// Looks at messages for flows' guardrails; `nil` where no guardrail is set.
    func textCheck() async throws -> (any TextCheck)? {
        guard let guardrail = settings.guardrail else { return nil }
        return BedrockTextCheck(
            BedrockGuardrail(try await bedrock(), guardrail, meter: useMeter))
    }

    private func comprehend() async throws -> Comprehend {
        try Comprehend(try await awsAccount(settings[\.comprehend.region]))
    }
}

extension Settings {
    /// The guardrail of Bedrock that the settings name.
    var guardrail: ConverseRequest.Guardrail? {
        self[\.bedrock.guardrail].map {
            ConverseRequest.Guardrail(identifier: $0, version: self[\.bedrock.guardrailVersion])
        }
    }

    /// Whether a model elsewhere is shown questions.
    fileprivate var hasModelElsewhere: Bool {
        self[\.answers.provider] != .extractive || self[\.embedding.provider] != .local
            || self[\.rerank.provider] != .local
    }

    fileprivate var hasManagedSearch: Bool {
        self[\.kendra.index] != nil || self[\.bedrock.knowledgeBase] != nil
    }

    fileprivate var tellsKendraGroups: Bool {
        self[\.kendra.index] != nil && self[\.kendra.caller] == .principals
    }

    fileprivate var piiTypes: [String] { self[\.comprehend.piiTypes].map { $0.uppercased() }.sorted() }

    fileprivate var kendraSearch: KendraRetriever.Settings {
        let caller = self[\.kendra.caller]
        return KendraRetriever.Settings(
            operation: self[\.kendra.search], tokens: caller == .token ? .required : .never,
            ignoresCaller: caller == .everybody, everyoneGroup: self[\.kendra.everyoneGroup])
    }

    fileprivate func knowledgeBaseSearch(_ agents: BedrockAgentRuntime) -> KnowledgeBaseRetriever.Settings {
        var search = KnowledgeBaseRetriever.Settings(
            readers: self[\.bedrock.knowledgeBaseReaders].map { KnowledgeBaseReaders(key: $0) },
            sendsUserID: self[\.bedrock.knowledgeBaseSendsUser])
        search.search =
            switch self[\.bedrock.knowledgeBaseSearch] {
            case .store: .vector(nil)
            case .hybrid: .vector(.hybrid)
            case .semantic: .vector(.semantic)
            case .managed: .managed
            }
        search.reranking = self[\.bedrock.knowledgeBaseRerankModel].map {
            KnowledgeBaseQuery.Reranking(modelARN: agents.arn(ofModel: $0))
        }
        if self[\.bedrock.knowledgeBaseGuarded] {
            search.guardrail = guardrail.map {
                KnowledgeBaseQuery.Guardrail(id: $0.identifier, version: $0.version)
            }
        }
        return search
    }
}
