import Flow
import JSONValue

extension ComponentCatalog {
    /// Lets messages, texts, records and tables stand for each other where nothing of them is lost that the other
    /// could hold.
    public mutating func addConversions() {
        addMessageConversions()
        convert(String.self, to: Record.self) { Record([Record.textKey: .string($0)]) }
        convert(String.self, to: Table.self) { Table([Record([Record.textKey: .string($0)])]) }
        convert(Record.self, to: String.self) { $0.text }
        convert(Record.self, to: Table.self) { Table(record: $0) }
        convert(Table.self, to: String.self) { $0.markdown }
        convert(Table.self, to: Record.self) { Record(table: $0) }
        convert(Double.self, to: String.self) { number in
            // JSON has no word for what is not finite; Swift has.
            (try? JSONValue.number(number).text()) ?? String(number)
        }
        convert(Int.self, to: String.self) { String($0) }
        convert(Bool.self, to: String.self) { String($0) }
        addJSONConversions()
    }

    private mutating func addMessageConversions() {
        convert(ChatMessage.self, to: String.self) { $0.text }
        convert(ChatMessage.self, to: Record.self) { Record($0.json.object ?? [:]) }
        convert(ChatMessage.self, to: Table.self) { Table([Record($0.json.object ?? [:])]) }
        convert(String.self, to: ChatMessage.self) { ChatMessage($0) }
        convert(Record.self, to: ChatMessage.self) { ChatMessage($0.text, role: .assistant) }
        convert(Table.self, to: ChatMessage.self) { ChatMessage($0.markdown, role: .assistant) }
        convert([ChatMessage].self, to: Table.self) { Table($0.map { Record($0.json.object ?? [:]) }) }
        convert([ChatMessage].self, to: String.self) { $0.map(\.text).joined(separator: "\n") }
        convert([ChatMessage].self, to: ChatMessage.self) {
            ChatMessage($0.map(\.text).joined(separator: "\n"), role: .assistant)
        }
    }

    private mutating func addJSONConversions() {
        let payloads: [any JSONPayload.Type] = [
            ChatMessage.self, Record.self, Table.self, [ChatMessage].self, String.self, Int.self, Double.self,
            Bool.self,
        ]
        for payload in payloads { addJSON(payload) }
        convert(JSONValue.self, to: String.self) { $0.asText }
        convert(JSONValue.self, to: ChatMessage.self) { $0.asMessage }
        convert(JSONValue.self, to: Record.self) { Record(any: $0) }
        convert(JSONValue.self, to: Table.self) { Table(any: $0) }
    }

    private mutating func addJSON<Value: JSONPayload>(_ type: Value.Type) {
        convert(type, to: JSONValue.self) { $0.json }
    }
}
