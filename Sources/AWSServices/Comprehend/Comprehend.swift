import Foundation
import Transport

/// Amazon Comprehend: languages, entities, key phrases, sentiment and personal data of texts.
///
/// One call of AWS's takes 25 texts of 5,000 bytes. Here any number and any length is taken: more texts are
/// more calls, a few at a time, and a longer text is looked at in pieces (``ComprehendPart``), what was found
/// in them being told of the whole text. What lies on a cut between two pieces may be missed. A text without
/// a visible character is not sent, and has nothing.
///
/// Comprehend counts code points; every range here is one of UTF-8 bytes of the text that was given.
public struct Comprehend: Sendable {
    public static let description = AWSServiceDescription(
        endpointPrefix: "comprehend", serviceID: "Comprehend",
        apiProtocol: .json(.v1_1, targetPrefix: "Comprehend_20171127"))
    /// Texts of a call.
    public static let batchCount = 25
    /// Bytes of UTF-8 of a text of a call.
    public static let textLimitBytes = 5_000
    /// Bytes of UTF-8 of a text that is searched for personal data.
    public static let personalDataLimitBytes = 100_000

    let service: AWSService
    let width: Int

    /// - Parameters:
    ///   - endpoint: another than AWS's own.
    ///   - width: calls at a time, 1 or more.
    public init(_ account: AWSAccount, endpoint: URL? = nil, width: Int = 4) throws(AWSError) {
        self.init(try account.service(Self.description, endpoint: endpoint), width: width)
    }

    /// Over a service that was made already, with its retries.
    public init(_ service: AWSService, width: Int = 4) {
        precondition(width > 0, "\(width) calls at a time are none")
        self.service = service
        self.width = width
    }

    public var region: String { service.region }

    /// The languages of each text, the likeliest first; empty for a text without a visible character.
    ///
    /// Texts under 20 characters are taken too, but AWS promises little for them.
    ///
    /// - Returns: one result a text, in their order; a failure where Comprehend could not look at that one.
    /// - Throws: where a whole call failed.
    public func languages(
        of texts: [String]
    ) async throws(AWSError) -> [Result<[ComprehendLanguageScore], ComprehendItemError>] {
        try await batch("BatchDetectDominantLanguage", texts, nil) { item, _ in
            Self.languages(item)
        }.map { $0.map(ComprehendMerging.languages) }
    }

    /// The entities of each text, in the order in which they stand.
    ///
    /// - Parameter language: that of every text.
    /// - Returns: one result a text, in their order; a failure where Comprehend could not look at that one.
    /// - Throws: where a whole call failed, or an offset is not of its text.
    public func entities(
        of texts: [String], in language: ComprehendLanguage
    ) async throws(AWSError) -> [Result<[ComprehendEntity], ComprehendItemError>] {
        try await batch("BatchDetectEntities", texts, language) { item, part in
            Self.entities(item, of: part)
        }.map { $0.map { $0.flatMap(\.value) } }
    }

    /// The key phrases of each text, in the order in which they stand.
    ///
    /// - Parameter language: that of every text.
    /// - Returns: one result a text, in their order; a failure where Comprehend could not look at that one.
    /// - Throws: where a whole call failed, or an offset is not of its text.
    public func keyPhrases(
        of texts: [String], in language: ComprehendLanguage
    ) async throws(AWSError) -> [Result<[ComprehendKeyPhrase], ComprehendItemError>] {
        try await batch("BatchDetectKeyPhrases", texts, language) { item, part in
            Self.keyPhrases(item, of: part)
        }.map { $0.map { $0.flatMap(\.value) } }
    }

    /// The sentiment of each text; `nil` for a text without a visible character.
    ///
    /// A text of several pieces has the mean of their scores, by their lengths.
    ///
    /// - Parameter language: that of every text.
    /// - Returns: one result a text, in their order; a failure where Comprehend could not look at that one.
    /// - Throws: where a whole call failed.
    public func sentiments(
        of texts: [String], in language: ComprehendLanguage
    ) async throws(AWSError) -> [Result<ComprehendSentiment?, ComprehendItemError>] {
        try await batch("BatchDetectSentiment", texts, language) { item, _ in
            Self.sentiment(item)
        }.map { $0.map(ComprehendMerging.sentiment) }
    }
}
