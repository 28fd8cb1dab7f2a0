import HTTPTypes
import Testing

@testable import Server

@Suite struct `Header fields` {
    @Test func `are found as by their index: once, more often or not at all`() {
        var fields: HTTPFields = [.contentType: "text/plain"]
        for value in ["a", "b"] {
            fields.append(HTTPField(name: .accept, value: value))
            fields.append(HTTPField(name: .cookie, value: value))
        }
        for name in [HTTPField.Name.contentType, .accept, .cookie, .vary] {
            #expect(fields.value(of: name) == fields[name], "\(name)")
        }
        #expect(fields.value(of: .accept) == "a, b")
        #expect(fields.value(of: .vary) == nil)
    }

    @Test func `name what a response depends on once, whatever they named before`() {
        var fields = HTTPFields()
        fields.add(vary: "Accept-Encoding")
        fields.add(vary: "accept-encoding")
        #expect(fields[.vary] == "Accept-Encoding")
        fields.append(HTTPField(name: .vary, value: "Origin"))
        fields.add(vary: "Cookie")
        fields.add(vary: "origin")
        #expect(fields[.vary] == "Accept-Encoding, Origin, Cookie")
    }
}
