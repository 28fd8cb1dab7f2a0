import AWSServices
import Foundation
import JSONValue
import Transport

/// Passages of a knowledge base of Amazon Bedrock, found as the caller.
///
/// A vector store has no access control of its own. Where ``Settings/readers`` names the metadata that says
/// who may read a passage, only passages are asked for that name one of the caller's principals, and one that
/// does not is left out even if the store passed over the filter; a passage without that metadata is read by
/// nobody. **Without it everybody finds everything**: such a knowledge base is for what everybody may read.
///
/// A managed knowledge base keeps access control of its own, by ``Settings/sendsUserID``.
public struct KnowledgeBaseRetriever: ExternalRetriever {
    /// How a knowledge base is asked.
    public struct Settings: Sendable, Hashable {
        /// Who may read a passage, as its metadata says; `nil` where everybody may read everything.
        public var readers: KnowledgeBaseReaders?
        /// Whether a managed knowledge base is told the user's id, an e-mail address. Without a user its data
        /// sources with access control give nothing.
        public var sendsUserID: Bool
        public var search: KnowledgeBaseQuery.Search
        /// Only passages that it holds for are found.
        public var filter: KnowledgeBaseFilter?
        public var reranking: KnowledgeBaseQuery.Reranking?
        public var guardrail: KnowledgeBaseQuery.Guardrail?
        /// The metadata that has a document's title.
        public var titleKey: String
        /// The metadata that has when a document changed: ISO 8601, or seconds since 1970.
        public var updatedAtKey: String?

        public init(
            readers: KnowledgeBaseReaders? = nil, sendsUserID: Bool = false,
            search: KnowledgeBaseQuery.Search = .vector(nil), filter: KnowledgeBaseFilter? = nil,
            reranking: KnowledgeBaseQuery.Reranking? = nil, guardrail: KnowledgeBaseQuery.Guardrail? = nil,
            titleKey: String = "title", updatedAtKey: String? = nil
        ) {
            self.readers = readers
            self.sendsUserID = sendsUserID
            self.search = search
            self.filter = filter
            self.reranking = reranking
            self.guardrail = guardrail
            self.titleKey = titleKey
            self.updatedAtKey = updatedAtKey
        }
    }

    public let name: String
    private let runtime: BedrockAgentRuntime
    private let knowledgeBaseID: String
    private let settings: Settings
    private let meter: (any ModelUseMeter)?

    /// - Parameters:
    ///   - knowledgeBaseID: ten letters and digits, or an ARN.
    ///   - name: shown in traces and in front of citations.
    ///   - meter: is told of each search, by `name`, and of the model that ranks in it, by its own.
    public init(
        _ runtime: BedrockAgentRuntime, knowledgeBaseID: String, settings: Settings = Settings(),
        name: String = "knowledge-base", meter: (any ModelUseMeter)? = nil
    ) {
        self.runtime = runtime
        self.meter = meter
        self.knowledgeBaseID = knowledgeBaseID
        self.settings = settings
        self.name = name
    }

    /// With the settings that are usual, and readers as Millrace writes them.
    ///
    /// - Parameter readersKey: the metadata that lists who may read a passage; `nil` where everybody may read
    ///   everything.
    public init(
        _ runtime: BedrockAgentRuntime, knowledgeBaseID: String, readersKey: String?,
        name: String = "knowledge-base"
    ) {
        self.init(
            runtime, knowledgeBaseID: knowledgeBaseID,
            settings: Settings(readers: readersKey.map { KnowledgeBaseReaders(key: $0) }), name: name)
    }

    /// - Throws: ``AWSError``, and ``ModelsError/withheld(service:_:)`` where the guardrail let nothing pass.
    public func retrieve(_ query: ExternalQuery) async throws -> [ExternalPassage] {
        guard !query.isEmpty else { return [] }
        let filters = [settings.filter, settings.readers?.filter(for: query.caller)].compactMap(\.self)
        let found = try await runtime.retrieve(
            KnowledgeBaseQuery(
                knowledgeBaseID: knowledgeBaseID, text: query.text, numberOfResults: query.limit,
                search: settings.search, filter: filters.isEmpty ? nil : .andAll(filters),
                reranking: settings.reranking, guardrail: settings.guardrail,
                userID: settings.sendsUserID ? query.caller.knownUserID : nil))
        count()
        if found.hasGuardrailIntervened, found.results.isEmpty {
            throw ModelsError.withheld(
                service: "the knowledge base \(knowledgeBaseID)",
                GuardrailIntervention(
                    guardrail: settings.guardrail?.id, version: settings.guardrail?.version,
                    requestID: found.interventionID))
        }
        return found.results.filter { settings.readers?.allow(query.caller, $0.metadata) ?? true }
            .map(passage).cleaned(limit: query.limit)
    }

    /// A knowledge base does not tell how many passages its model ranked: no more than one search's.
    private func count() {
        guard let meter else { return }
        meter.count(ModelUse(model: name, purpose: .search))
        guard let arn = settings.reranking?.modelARN else { return }
        let model = arn.split(separator: "/").last.map(String.init) ?? arn
        meter.count(ModelUse(model: model, purpose: .rerank, requests: 0, units: 1))
    }

    /// Who may read a passage is not passed on with it.
    private func passage(_ result: KnowledgeBaseResult) -> ExternalPassage {
        let source = result.metadata[Self.sourceKey]?.string
        let uri = result.location?.kind == .sql ? source : result.location?.uri ?? source
        let documentID = [result.documentID, uri].compactMap(\.self).first { !$0.isEmpty }
        let known = documentID ?? ExternalPassage.id(of: "", result.text)
        var metadata = result.metadata
        if let readers = settings.readers { metadata[readers.key] = nil }
        return ExternalPassage(
            documentID: known,
            title: ExternalPassage.title(
                result.metadata[settings.titleKey]?.string, uri: uri, documentID: known),
            text: result.text, url: ExternalPassage.link(uri),
            score: result.score.flatMap { $0.isFinite ? $0 : nil },
            updatedAt: settings.updatedAtKey.flatMap { result.metadata[$0] }.flatMap(Self.date),
            metadata: metadata.compactMapValues(Self.text))
    }

    /// Where Bedrock keeps the source of every passage.
    private static let sourceKey = "x-amz-bedrock-kb-source-uri"

    private static func date(_ json: JSONValue) -> Date? {
        if let seconds = json.double { return Date(timeIntervalSince1970: seconds) }
        guard let text = json.string else { return nil }
        return (try? Date(text, strategy: .iso8601))
            ?? (try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
    }

    private static func text(_ json: JSONValue) -> String? {
        switch json {
        case .null: nil
        case .string(let text): text
        case .array(let values) where values.allSatisfy { $0.string != nil }:
            values.compactMap(\.string).joined(separator: ", ")
        default: try? json.text()
        }
    }
}
