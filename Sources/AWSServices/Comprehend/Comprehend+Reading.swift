import JSONValue

/// What the items of answers say; `nil` where they are not as AWS documents them.
extension Comprehend {
    static func languages(_ item: JSONValue) -> [ComprehendLanguageScore]? {
        item["Languages"]?.array?.complete { language in
            guard let code = language["LanguageCode"]?.string, let score = language["Score"]?.double else {
                return nil
            }
            return ComprehendLanguageScore(code: code, score: score)
        }
    }

    static func entities(_ item: JSONValue, of part: ComprehendPart) -> [ComprehendEntity]? {
        let offsets = CodePointOffsets(part.content)
        return item["Entities"]?.array?.complete { entity in
            guard let type = entity["Type"]?.string, let place = place(of: entity, offsets) else {
                return nil
            }
            return ComprehendEntity(
                text: place.text, type: type, score: place.score, range: place.range.moved(by: part.offset))
        }
    }

    static func keyPhrases(_ item: JSONValue, of part: ComprehendPart) -> [ComprehendKeyPhrase]? {
        let offsets = CodePointOffsets(part.content)
        return item["KeyPhrases"]?.array?.complete { phrase in
            guard let place = place(of: phrase, offsets) else { return nil }
            return ComprehendKeyPhrase(
                text: place.text, score: place.score, range: place.range.moved(by: part.offset))
        }
    }

    static func sentiment(_ item: JSONValue) -> ComprehendSentiment? {
        guard let kind = item["Sentiment"]?.string.flatMap(ComprehendSentiment.Kind.init),
            let told = item["SentimentScore"]
        else { return nil }
        let names: [(String, ComprehendSentiment.Kind)] = [
            ("Positive", .positive), ("Negative", .negative), ("Neutral", .neutral), ("Mixed", .mixed),
        ]
        var scores: [ComprehendSentiment.Kind: Double] = [:]
        for (name, kind) in names { scores[kind] = told[name]?.double }
        return ComprehendSentiment(kind: kind, scores: scores)
    }

    static func personalData(_ answer: JSONValue, of part: ComprehendPart) -> [ComprehendPersonalData]? {
        let offsets = CodePointOffsets(part.content)
        return answer["Entities"]?.array?.complete { entity in
            guard let type = entity["Type"]?.string, let place = place(of: entity, offsets) else {
                return nil
            }
            return ComprehendPersonalData(
                type: type, score: place.score, range: place.range.moved(by: part.offset))
        }
    }

    private static func place(
        of json: JSONValue, _ offsets: CodePointOffsets
    ) -> (text: String, score: Double, range: Range<Int>)? {
        guard let begin = json["BeginOffset"]?.integer, let end = json["EndOffset"]?.integer,
            let range = offsets.bytes(begin, end), let score = json["Score"]?.double
        else { return nil }
        let text = offsets.content(range)
        if let told = json["Text"]?.string, told != text { return nil }
        return (text, score, range)
    }
}

extension Array {
    /// The elements transformed; `nil` as soon as one cannot be.
    func complete<Value>(_ transform: (Element) -> Value?) -> [Value]? {
        var values: [Value] = []
        values.reserveCapacity(count)
        for element in self {
            guard let value = transform(element) else { return nil }
            values.append(value)
        }
        return values
    }
}

extension Range<Int> {
    fileprivate func moved(by offset: Int) -> Range<Int> { lowerBound + offset..<upperBound + offset }
}
