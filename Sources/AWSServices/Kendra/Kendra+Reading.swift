import JSONValue

extension KendraPassage {
    /// `nil` for an item that names no document.
    init?(_ json: JSONValue) {
        guard let id = json["Id"]?.string, let documentID = json["DocumentId"]?.string, !documentID.isEmpty
        else {
            return nil
        }
        self.id = id
        self.documentID = documentID
        title = json["DocumentTitle"]?.string ?? ""
        text = json["Content"]?.string ?? ""
        uri = json["DocumentURI"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        attributes = KendraAttributeValue.attributes(json["DocumentAttributes"])
        confidence = KendraConfidence(of: json)
    }
}

extension KendraResult {
    /// `nil` for an item that names no document, or is of a kind of its own.
    init?(_ json: JSONValue) {
        guard let id = json["Id"]?.string, let kind = json["Type"]?.string.flatMap(Kind.init),
            let documentID = json["DocumentId"]?.string, !documentID.isEmpty
        else { return nil }
        self.id = id
        self.kind = kind
        self.documentID = documentID
        title = KendraText(json["DocumentTitle"])
        excerpt = KendraText(json["DocumentExcerpt"])
        answer = json["AdditionalAttributes"]?.array?.first { $0["Key"]?.string == "AnswerText" }
            .map { KendraText($0["Value"]?["TextWithHighlightsValue"]) }
        uri = json["DocumentURI"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        attributes = KendraAttributeValue.attributes(json["DocumentAttributes"])
        confidence = KendraConfidence(of: json)
    }
}

extension KendraConfidence {
    init(of item: JSONValue) {
        self = item["ScoreAttributes"]?["ScoreConfidence"]?.string.flatMap(Self.init) ?? .notAvailable
    }
}

extension KendraText {
    init(_ json: JSONValue?) {
        let text = json?["Text"]?.string ?? ""
        let offsets = CodePointOffsets(text)
        self.text = text
        highlights = (json?["Highlights"]?.array ?? []).compactMap { highlight in
            guard let begin = highlight["BeginOffset"]?.integer, let end = highlight["EndOffset"]?.integer,
                let range = offsets.bytes(begin, end), !range.isEmpty
            else { return nil }
            return Highlight(
                range: range, isTopAnswer: highlight["TopAnswer"]?.bool ?? false,
                isSynonym: highlight["Type"]?.string == "THESAURUS_SYNONYM")
        }
    }
}

extension KendraIndex {
    init?(_ json: JSONValue) {
        guard let id = json["Id"]?.string, let status = json["Status"]?.string else { return nil }
        self.id = id
        self.status = status
        name = json["Name"]?.string ?? ""
        edition = json["Edition"]?.string ?? ""
        failure = json["ErrorMessage"]?.string.map { String($0.prefix(300)) }
        takesTokens = json["UserContextPolicy"]?.string.map { $0 == "USER_TOKEN" }
        documentCount =
            json["IndexStatistics"]?["TextDocumentStatistics"]?["IndexedTextDocumentsCount"]?.integer
    }
}
