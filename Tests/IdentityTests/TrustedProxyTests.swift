import Corpus
import Workspace
import Testing
import Transport

@testable import Identity

@Suite struct `A trusted proxy` {
    private func caller(
        _ peer: String?, _ headers: [String: [String]]
    ) throws -> VerifiedCaller? {
        let proxy = TrustedProxy(
            addresses: [try AddressRange("10.0.0.0/24"), try AddressRange("127.0.0.1/32")],
            userHeader: "X-Forwarded-User", groupsHeader: "X-Forwarded-Groups")
        return proxy.caller(peer: peer) { headers[$0] ?? [] }
    }

    @Test(arguments: ["10.0.0.7", "::ffff:10.0.0.7", "127.0.0.1"])
    func `is believed from its own addresses`(peer: String) throws {
        let caller = try caller(
            peer, ["X-Forwarded-User": ["ada"], "X-Forwarded-Groups": [#"a, "night, shift""#]])
        #expect(caller?.reader == Reader([.user("ada"), .group("a"), .group("night, shift")]))
        #expect(caller?.owner.name == "user:ada")
    }

    @Test(arguments: ["10.0.1.7", "192.168.0.1", "::1", "::ffff:10.1.0.7", "", "10.0.0.7.evil"])
    func `is not believed from others`(peer: String) throws {
        #expect(try caller(peer, ["X-Forwarded-User": ["root"]]) == nil)
        #expect(try caller(nil, ["X-Forwarded-User": ["root"]]) == nil)
    }

    @Test func `that names nobody, or two, names nobody`() throws {
        #expect(try caller("10.0.0.7", [:]) == nil)
        #expect(try caller("10.0.0.7", ["X-Forwarded-User": [""]]) == nil)
        #expect(try caller("10.0.0.7", ["X-Forwarded-User": ["ada", "root"]]) == nil)
        #expect(
            try caller("10.0.0.7", ["X-Forwarded-User": ["ada"], "X-Forwarded-Groups": [#""open"#]]) == nil)
        #expect(
            try caller("10.0.0.7", ["X-Forwarded-User": ["ada"], "X-Forwarded-Groups": ["a", "admins"]])
                == nil)
    }
}
