import AWSServices
import Foundation

/// Passages of an index of Amazon Kendra, found as the caller.
///
/// A call without a user context finds every document of an index, so one is always sent, unless
/// ``Settings/ignoresCaller`` says otherwise: the caller's token where there is one, else the user and the
/// groups, as ``Settings/tokens`` says. Kendra takes no empty user context: for somebody who is not signed in it names a user whom no
/// document knows (``Settings/anonymousUserID``), and who therefore finds what has no access control alone.
/// The caller's groups are sent whole or not at all, because a document may be denied to one of them.
///
/// Kendra reads the first 30 words of a query.
public struct KendraRetriever: ExternalRetriever {
    /// How an index is asked.
    public struct Settings: Sendable, Hashable {
        /// Whether the index is shown the caller's token.
        public enum TokenUse: String, Sendable, Hashable, CaseIterable {
            /// User and groups alone.
            case never
            /// Where there is one; else user and groups.
            case preferred
            /// For an index whose policy is `USER_TOKEN`: who has none finds nothing.
            case required
        }

        /// How an index is searched.
        public enum Operation: String, Sendable, Hashable, CaseIterable {
            /// Passages of up to 200 words.
            case retrieve
            /// Suggested answers, answers to listed questions, and documents, each by its excerpt.
            case query
        }

        public var operation: Operation
        public var tokens: TokenUse
        /// Whether everybody finds everything, for an index that holds nothing with access control.
        public var ignoresCaller: Bool
        /// The user that stands for somebody who is not signed in: a name that no user of the index has.
        public var anonymousUserID: String
        /// A group that everybody is in, not signed in included, as the index names it; `nil` for none.
        public var everyoneGroup: String?
        /// Only documents that it holds for are found.
        public var filter: KendraFilter?

        public init(
            operation: Operation = .retrieve, tokens: TokenUse = .preferred, ignoresCaller: Bool = false,
            anonymousUserID: String = "millrace-anonymous",
            everyoneGroup: String? = nil, filter: KendraFilter? = nil
        ) {
            self.operation = operation
            self.tokens = tokens
            self.ignoresCaller = ignoresCaller
            self.anonymousUserID = anonymousUserID
            self.everyoneGroup = everyoneGroup
            self.filter = filter
        }
    }

    public let name: String
    private let kendra: Kendra
    private let indexID: String
    private let settings: Settings
    private let meter: (any ModelUseMeter)?

    /// - Parameters:
    ///   - indexID: 36 characters.
    ///   - name: shown in traces and in front of citations.
    ///   - meter: is told of each search, by `name`. Kendra is paid by the hour, and tells of no use.
    public init(
        _ kendra: Kendra, indexID: String, settings: Settings = Settings(), name: String = "kendra",
        meter: (any ModelUseMeter)? = nil
    ) {
        self.meter = meter
        self.kendra = kendra
        self.indexID = indexID
        self.settings = settings
        self.name = name
    }

    /// - Throws: ``AWSError``.
    public func retrieve(_ query: ExternalQuery) async throws -> [ExternalPassage] {
        guard !query.isEmpty else { return [] }
        let context = userContext(of: query.caller)
        // Without any context everything would be found.
        guard context != nil || settings.ignoresCaller else { return [] }
        let asked = KendraQuery(
            indexID: indexID, text: query.text, filter: settings.filter, userContext: context)
        let found: [ExternalPassage] =
            switch settings.operation {
            case .retrieve:
                try await kendra.retrieve(asked, limit: query.limit).map { ExternalPassage($0) }
            case .query:
                try await kendra.query(asked, limit: query.limit).items.map { ExternalPassage($0) }
            }
        meter?.count(ModelUse(model: name, purpose: .search))
        return found.cleaned(limit: query.limit)
    }

    /// `nil` for nobody in particular, and for whoever lacks a token that is asked for.
    func userContext(of caller: ExternalCaller) -> KendraUserContext? {
        guard !settings.ignoresCaller else { return nil }
        if settings.tokens != .never, let token = caller.token, !token.value.isEmpty { return .token(token) }
        guard settings.tokens != .required else { return nil }
        var groups = caller.knownGroups
        if let everyone = settings.everyoneGroup, !groups.contains(everyone) { groups.append(everyone) }
        return .principals(userID: caller.knownUserID ?? settings.anonymousUserID, groups: groups)
    }
}

extension ExternalPassage {
    /// `_last_updated_at` is when it changed; the confidence stands in the metadata, and the score is its
    /// rank.
    init(_ passage: KendraPassage) {
        self.init(
            passage.documentID, title: passage.title, text: passage.text, uri: passage.uri,
            attributes: passage.attributes, passage.confidence)
    }

    /// A result of Query: its excerpt, with the answer in front where Kendra tells one that does not stand in it. What kind
    /// of result it is stands in the metadata, too.
    init(_ result: KendraResult) {
        let (answer, excerpt) = (result.answer?.text ?? "", result.excerpt.text)
        let isTold = answer.isEmpty || excerpt.contains(answer)
        let text = isTold ? excerpt : excerpt.isEmpty ? answer : "\(answer)\n\(excerpt)"
        self.init(
            result.documentID, title: result.title.text, text: text, uri: result.uri,
            attributes: result.attributes, result.confidence)
        metadata["result"] = result.kind.rawValue
    }

    private init(
        _ documentID: String, title: String, text: String, uri: String?,
        attributes: [String: KendraAttributeValue], _ confidence: KendraConfidence
    ) {
        var metadata = attributes.mapValues(\.text)
        metadata["confidence"] = confidence.rawValue
        var updatedAt: Date?
        if case .date(let date) = attributes["_last_updated_at"] { updatedAt = date }
        self.init(
            documentID: documentID, title: Self.title(title, uri: uri, documentID: documentID), text: text,
            url: Self.link(uri), score: confidence.score, updatedAt: updatedAt, metadata: metadata)
    }
}

extension KendraConfidence {
    /// The rank as a number, in steps of a quarter: no probability.
    fileprivate var score: Double? {
        switch self {
        case .veryHigh: 1
        case .high: 0.75
        case .medium: 0.5
        case .low: 0.25
        case .notAvailable: nil
        }
    }
}

extension KendraAttributeValue {
    fileprivate var text: String {
        switch self {
        case .string(let text): text
        case .strings(let texts): texts.joined(separator: ", ")
        case .long(let number): "\(number)"
        case .date(let date): date.formatted(.iso8601)
        }
    }
}
