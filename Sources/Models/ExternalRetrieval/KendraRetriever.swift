import AWSServices
import Foundation

/// Passages of an index of Amazon Kendra, found as the caller.
///
/// A call without a user context finds every document of an index, so one is always sent, unless
/// ``Settings/ignoresCaller`` says otherwise: the caller's token where there is one, else the user and the
/// groups. Kendra takes no empty user context: for somebody who is not signed in it names a user whom no
/// document knows (``Settings/anonymousUserID``), and who therefore finds what has no access control alone.
/// The caller's groups are sent whole or not at all, because a document may be denied to one of them.
///
/// Kendra reads the first 30 words of a query.
public struct KendraRetriever: ExternalRetriever {
    /// How an index is asked.
    public struct Settings: Sendable, Hashable {
        /// Whether everybody finds everything, for an index that holds nothing with access control.
        public var ignoresCaller: Bool
        /// The user that stands for somebody who is not signed in: a name that no user of the index has.
        public var anonymousUserID: String
        /// A group that everybody is in, not signed in included, as the index names it; `nil` for none.
        public var everyoneGroup: String?
        /// Only documents that it holds for are found.
        public var filter: KendraFilter?

        public init(
            ignoresCaller: Bool = false, anonymousUserID: String = "millrace-anonymous",
            everyoneGroup: String? = nil, filter: KendraFilter? = nil
        ) {
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

    /// - Parameters:
    ///   - indexID: 36 characters.
    ///   - name: shown in traces and in front of citations.
    public init(_ kendra: Kendra, indexID: String, settings: Settings = Settings(), name: String = "kendra") {
        self.kendra = kendra
        self.indexID = indexID
        self.settings = settings
        self.name = name
    }

    /// - Throws: ``AWSError``.
    public func retrieve(_ query: ExternalQuery) async throws -> [ExternalPassage] {
        guard !query.isEmpty else { return [] }
        let found = try await kendra.retrieve(
            KendraQuery(
                indexID: indexID, text: query.text, filter: settings.filter,
                userContext: userContext(of: query.caller)), limit: query.limit)
        return found.map(ExternalPassage.init).cleaned(limit: query.limit)
    }

    func userContext(of caller: ExternalCaller) -> KendraUserContext? {
        guard !settings.ignoresCaller else { return nil }
        if let token = caller.token, !token.value.isEmpty { return .token(token) }
        var groups = caller.knownGroups
        if let everyone = settings.everyoneGroup, !groups.contains(everyone) { groups.append(everyone) }
        return .principals(userID: caller.knownUserID ?? settings.anonymousUserID, groups: groups)
    }
}

extension ExternalPassage {
    /// `_last_updated_at` is when it changed; the confidence stands in the metadata, and the score is its
    /// rank.
    init(_ passage: KendraPassage) {
        var metadata = passage.attributes.mapValues(\.text)
        metadata["confidence"] = passage.confidence.rawValue
        var updatedAt: Date?
        if case .date(let date) = passage.attributes["_last_updated_at"] { updatedAt = date }
        self.init(
            documentID: passage.documentID,
            title: Self.title(passage.title, uri: passage.uri, documentID: passage.documentID),
            text: passage.text, url: Self.link(passage.uri), score: passage.confidence.score,
            updatedAt: updatedAt, metadata: metadata)
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
