import Foundation
import HTTPTypes
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct `The reference of the API` {
    private func page(_ path: String, _ fixture: ServerFixture) async throws -> String {
        let response = try await fixture.respond(.get, path)
        #expect(response.status == .ok, "\(path)")
        #expect(response.headers[.contentType] == "text/html; charset=utf-8")
        return String(decoding: response.data ?? Data(), as: UTF8.self)
    }

    @Test func `lists every operation, and shows each on the page of its part`() async throws {
        let fixture = try await ServerFixture()
        let contents = try await page("/docs", fixture)
        var pages: [String: String] = [:]
        for operation in try fixture.application().router.operations where operation.isListed {
            let part = operation.section ?? "other"
            #expect(contents.contains("href=\"docs/\(part)#\(operation.id)\""), "\(operation.id)")
            if pages[part] == nil { pages[part] = try await page("/docs/\(part)", fixture) }
            let page = pages[part] ?? ""
            #expect(page.contains("<section id=\"\(operation.id)\""), "\(operation.id)")
            for parameter in operation.parameters {
                #expect(page.contains("<code>\(parameter.name)</code>"), "\(operation.id): \(parameter.name)")
            }
        }
        #expect(pages.count > 5)
        for page in pages.values {
            #expect(page.contains("curl -s"))
            // Every type that is mentioned is told on the same page.
            for mentioned in page.matches(of: /href="#(type-\w+)"/) {
                #expect(page.contains("id=\"\(mentioned.1)\""), "\(mentioned.1)")
            }
        }
    }

    @Test func `leads only to addresses that are there`() async throws {
        let fixture = try await ServerFixture()
        let application = try fixture.application()
        var waiting = ["/docs", "/problems"]
        var seen: Set<String> = []
        while let path = waiting.popLast() {
            guard seen.insert(path).inserted else { continue }
            let response = await application.respond(
                to: APIRequest(method: .get, path: path, headers: [.accept: "text/html, */*;q=0.8"], id: "1"))
            #expect(response.status == .ok, "\(path)")
            guard response.headers[.contentType]?.hasPrefix("text/html") == true, path != "/" else {
                continue
            }
            let text = String(decoding: response.data ?? Data(), as: UTF8.self)
            for link in text.matches(of: /(?:href|src)="([^"#]+)[^"]*"/) {
                let address = try #require(
                    URL(string: String(link.1), relativeTo: URL(string: "http://a\(path)")))
                #expect(address.host == "a", "\(path) leads to \(address)")
                waiting.append(address.path)
            }
        }
        #expect(seen.count > ProblemKind.allCases.count + 5)
    }

    @Test func `is a page without scripts, allowed nothing but its styles`() async throws {
        for path in ["/docs", "/docs/ask", "/problems/busy"] {
            let response = try await ServerFixture().respond(
                .get, path, headers: [.accept: "text/html,*/*;q=0.8"])
            let policy = response.headers[.contentSecurityPolicy] ?? ""
            #expect(policy.contains("default-src 'none'; style-src 'self'"))
            #expect(!policy.contains("script-src"))
            let text = String(decoding: response.data ?? Data(), as: UTF8.self)
            #expect(!text.contains("<script") && !text.contains(" style=") && !text.contains("javascript:"))
        }
    }

    @Test func `has no page for a part that is not there`() async throws {
        #expect(try await ServerFixture().respond(.get, "/docs/nothing").status == .notFound)
    }

    @Test func `escapes whatever text comes into it`() {
        let text = HTMLText.element(
            "p", [("title", "\"><script>")], HTMLText("<b>&'\"") + .prose("a `<i>` b"))
        #expect(
            text.markup == """
                <p title="&quot;&gt;&lt;script&gt;">&lt;b&gt;&amp;&#39;&quot;a <code>&lt;i&gt;</code> b</p>

                """)
    }

    @Test func `shows examples that their operations take`() async throws {
        let operations = try await ServerFixture().application().router.operations
        var checked = 0
        for operation in operations where operation.isListed && operation.body?.isJSON == true {
            let schemas = try #require(operation.body?.schema)
            let example = ReferenceSchema(schemas.json).example(schemas.components)
            let value: JSONValue = try .parsed(JSONEncoder().encode(example))
            let faults = try SchemaValidator(schemas).faults(in: value, against: schemas.value)
            #expect(faults.isEmpty, "\(operation.id): \(faults)")
            checked += 1
        }
        #expect(checked > 10)
    }
}

@Suite(.timeLimit(.minutes(2))) struct `The page of a problem` {
    @Test func `is there for every kind, in words of its own`() async throws {
        let fixture = try await ServerFixture()
        for kind in ProblemKind.allCases {
            let told = try await fixture.respond(.get, kind.address)
            #expect(told.headers[.contentType] == "application/json")
            #expect(try told.json["type"] == .text(kind.urn))
            #expect(try told.json["status"] == .number(Double(kind.status.code)))
            for field in ["title", "meaning", "remedy"] {
                let text = try told.json[field]?.text ?? ""
                #expect(text.count > 3 && !text.contains("no explanation"), "\(kind.rawValue): \(field)")
            }
            #expect(try told.json["meaning"]?.text?.hasSuffix(".") == true)
        }
        let list = try await fixture.respond(.get, "/problems").json["problems"]?.list ?? []
        #expect(list.count == ProblemKind.allCases.count)
    }

    @Test func `is HTML for browsers`() async throws {
        let response = try await ServerFixture().respond(
            .get, "/problems/question-too-long",
            headers: [.accept: "text/html,application/xhtml+xml,*/*;q=0.8"])
        #expect(response.headers[.contentType] == "text/html; charset=utf-8")
        #expect(response.headers[.vary]?.contains("Accept") == true)
        let text = String(decoding: response.data ?? Data(), as: UTF8.self)
        #expect(text.contains("urn:millrace:problem:question-too-long"))
    }

    @Test func `is what every problem leads to`() async throws {
        let fixture = try await ServerFixture()
        let problem = try await fixture.respond(.get, "/nothing")
        #expect(problem.headers[.link] == "</problems/not-found>; rel=\"help\"")
        #expect(try await fixture.respond(.get, "/problems/not-found").status == .ok)
        #expect(try await fixture.respond(.get, "/problems/nothing").status == .notFound)
    }
}
