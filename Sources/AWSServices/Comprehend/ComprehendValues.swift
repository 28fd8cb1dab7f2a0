/// How sure Comprehend is that a text is in a language.
public struct ComprehendLanguageScore: Sendable, Hashable {
    /// A tag of RFC 5646, of one of more languages than ``ComprehendLanguage`` has.
    public var code: String
    /// 0 to 1.
    public var score: Double
}

/// A name, a place, a date, … in a text.
public struct ComprehendEntity: Sendable, Hashable {
    public var text: String
    /// In AWS's words: `PERSON`, `LOCATION`, `ORGANIZATION`, `COMMERCIAL_ITEM`, `EVENT`, `DATE`, `QUANTITY`,
    /// `TITLE`, `OTHER`.
    public var type: String
    /// 0 to 1.
    public var score: Double
    /// Its UTF-8 bytes in the text that was given.
    public var range: Range<Int>
}

/// A noun phrase of a text that tells what it is about.
public struct ComprehendKeyPhrase: Sendable, Hashable {
    public var text: String
    /// 0 to 1.
    public var score: Double
    /// Its UTF-8 bytes in the text that was given.
    public var range: Range<Int>
}

/// The prevailing sentiment of a text.
public struct ComprehendSentiment: Sendable, Hashable {
    /// Which of the four it is.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case positive = "POSITIVE"
        case negative = "NEGATIVE"
        case neutral = "NEUTRAL"
        case mixed = "MIXED"
    }

    public var kind: Kind
    /// How likely each is, 0 to 1.
    public var scores: [Kind: Double]
}

/// Personal data in a text.
public struct ComprehendPersonalData: Sendable, Hashable {
    /// In AWS's words: `EMAIL`, `PHONE`, `NAME`, `ADDRESS`, `CREDIT_DEBIT_NUMBER`, …
    public var type: String
    /// 0 to 1.
    public var score: Double
    /// Its UTF-8 bytes in the text that was given.
    public var range: Range<Int>
}

/// A kind of personal data that a text has somewhere.
public struct ComprehendPersonalDataLabel: Sendable, Hashable {
    /// In AWS's words: `EMAIL`, `PHONE`, …
    public var type: String
    /// 0 to 1.
    public var score: Double
}

/// What Comprehend says of a text that it could not look at, while it did look at others of the same call.
public struct ComprehendItemError: Error, Sendable, Hashable {
    /// The text's place among those that were given, 0-based.
    public var index: Int
    /// AWS's code, for example `TEXT_SIZE_LIMIT_EXCEEDED`.
    public var code: String
    /// At most 300 characters of AWS's message.
    public var message: String
}

extension ComprehendItemError: CustomStringConvertible {
    public var description: String {
        """
        Comprehend could not look at text \(index) (\(code.isEmpty ? "no code" : code))\
        \(message.isEmpty ? "" : ": \(message)"). Leave the text out, or look the code up in \
        AWS's documentation.
        """
    }
}
