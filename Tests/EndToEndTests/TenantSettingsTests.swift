import Foundation
import TestSupport
import Testing

@testable import millrace

@Suite struct `What a tenant has of its own` {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    private func settings(_ yaml: String, _ overrides: [String] = []) throws -> Settings {
        let file = try folder.write(yaml, to: "millrace.yaml")
        return try Settings(file: file.path, environment: [:], overrides: overrides)
    }

    private func message(_ yaml: String, _ overrides: [String] = []) -> String {
        let error = #expect(throws: ConfigurationError.self) { try settings(yaml, overrides) }
        return error?.description ?? ""
    }

    @Test func `counts for it alone, from the file and from the command line`() throws {
        let common = try settings(
            """
            tenants: [acme, globex]
            search: {ef_search: 200}
            tenant:
              acme:
                search:
                  ef_search: 300
                  boost_spaces: [HR=1.5, OLD=0.5]
                server.requests_per_minute: 60
              globex:
            """, ["tenant.acme.search.floor=0.5", "tenant.globex.search.floor=0"])
        let (acme, globex) = (common.ofTenant("acme"), common.ofTenant("globex"))
        #expect(acme[\.search.efSearch] == 300 && globex[\.search.efSearch] == 200)
        #expect(
            acme[\.search.boostSpaces] == ["HR": 1.5, "OLD": 0.5] && globex[\.search.boostSpaces].isEmpty)
        #expect(acme[\.server.requestsPerMinute] == 60 && globex[\.server.requestsPerMinute] == nil)
        #expect(acme[\.search.floor] == 0.5 && globex[\.search.floor] == 0)
        #expect(common[\.search.efSearch] == 200 && common[\.search.floor] == 0.25)
        // Where it came from is shown, and to nobody what another has.
        #expect(acme.entries[Settings.name(\.search.efSearch)]?.origin.hasSuffix("millrace.yaml:6") == true)
        #expect(acme.ofTenants.isEmpty && acme.listed.count == Keys.all.count)
        #expect(common.listed.map(\.key).contains("tenant.acme.search.floor"))
    }

    @Test func `is refused by name where there is no such tenant or key, or none that may differ`() {
        let named = "tenants: [acme]\n"
        let stranger = message(named + "tenant: {initech: {search: {floor: 1}}}")
        #expect(stranger.contains("“initech”") && stranger.contains("names acme"), "\(stranger)")
        #expect(message("tenant: {acme: {search: {floor: 1}}}").contains("names none"))
        let typo = message(named + "tenant: {acme: {search: {flor: 1}}}")
        #expect(typo.contains("millrace.yaml:2") && typo.contains("search.floor"), "\(typo)")
        let wide = message(named + "tenant: {acme: {search: {floor: much}}}")
        #expect(wide.contains("tenant.acme.search.floor") && wide.contains("much"), "\(wide)")
        for key in ["data", "openai.key", "auth.required", "database.url", "server.port", "tenants"] {
            let refused = message(named, ["tenant.acme.\(key)=x"])
            #expect(
                refused.contains("tenant.acme.\(key)") && refused.contains("the same for all"), "\(refused)")
        }
        #expect(message(named, ["tenant.acme.openai.answer_model=secret:a#b"]).contains("lies elsewhere"))
        #expect(message(named + "tenant: {acme: {search: {floor: 1}, search.floor: 2}}").contains("twice"))
        #expect(message(named + "tenant: [acme]").contains("keys with values"))
    }

    @Test func `is nothing secret, and no place or address`() {
        #expect(Settings.keysOfTenants.count > 20)
        for key in Settings.keysOfTenants {
            let setting = Keys.byName[key]
            #expect(setting?.isSecret == false, "\(key)")
            for part in ["url", "key", "token", "password", "endpoint", "folder", "dir", "host"] {
                #expect(!key.hasSuffix(part) && !key.hasSuffix("_\(part)"), "\(key)")
            }
        }
    }

    @Test func `is listed by doctor, and told in docs`() throws {
        let own = ["--set", "tenants=acme", "--set", "tenant.acme.search.ef_search=77"]
        let data = folder.url.appendingPathComponent("none")
        let common = try CommandLineRun(["doctor", "--settings"] + own, data: data)
        #expect(common.output.contains("tenant.acme.search.ef_search: 77"), "\(common.errors)")
        #expect(common.output.contains("\nsearch.ef_search: 128"))
        let acme = try CommandLineRun(["doctor", "--settings", "--tenant", "acme"] + own, data: data)
        #expect(acme.output.contains("\nsearch.ef_search: 77"), "\(acme.errors)")
        let docs = try String(
            contentsOf: Fixtures.checkout.appendingPathComponent("docs/operations.md"), encoding: .utf8)
        for key in Settings.keysOfTenants where !key.hasPrefix("search.") && !key.hasPrefix("caches.") {
            #expect(docs.contains("`\(key)`"), "\(key)")
        }
    }
}
