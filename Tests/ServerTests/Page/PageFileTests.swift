import Foundation
import HTTPTypes
import TestSupport
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct `The page's files` {
    /// Paths below the folder `Web`.
    private static func paths() throws -> [String] {
        let folder = Fixtures.checkout.appendingPathComponent("Sources/Server/Web")
        let found = try #require(FileManager.default.enumerator(atPath: folder.path))
        return found.compactMap { $0 as? String }.filter { $0.contains(".") }
    }

    @Test func `are all that lie in the folder Web and those below it`() throws {
        let folder = Fixtures.checkout.appendingPathComponent("Sources/Server/Web")
        let paths = try Self.paths()
        #expect(WebFile.all.map(\.path).sorted() == paths.sorted(), "run scripts/make-web-files")
        for file in WebFile.all {
            let written = try? Data(contentsOf: folder.appendingPathComponent(file.path))
            #expect(Data(file.bytes) == written, "\(file.path)")
        }
    }

    @Test func `have base names of their own, by which they are carried inside the binary`() throws {
        let names = try Self.paths().map { $0.split(separator: "/").last ?? "" }
        #expect(Set(names).count == names.count)
    }

    @Test func `come with their type, a policy without inline scripts, and a tag that answers 304`()
        async throws
    {
        let application = try await ServerFixture().application()
        for path in ["/", "/index.html"] + WebFile.all.map({ "/\($0.path)" }) {
            let response = await application.respond(to: APIRequest(method: .get, path: path, id: "1"))
            #expect(response.status == .ok)
            #expect(response.headers[.contentType] != "application/octet-stream", "\(path)")
            #expect(response.headers[.contentSecurityPolicy]?.contains("script-src 'self';") == true)
            #expect(response.headers[.cacheControl] == "no-cache")
            let tag = try #require(response.headers[.eTag])
            for known in [tag, "W/\(tag)", "\"other\", \(tag)", "*"] {
                let again = await application.respond(
                    to: APIRequest(method: .get, path: path, headers: [.ifNoneMatch: known], id: "1"))
                #expect(again.status == .notModified)
                #expect(again.data?.isEmpty == true)
            }
        }
    }

    @Test func `index html stands at the root, and another tag gets it anew`() async throws {
        let response = try await ServerFixture().respond(.get, "/", headers: [.ifNoneMatch: "\"other\""])
        #expect(response.status == .ok)
        let text = String(decoding: response.data ?? Data(), as: UTF8.self).lowercased()
        #expect(text.hasPrefix("<!doctype html>"))
    }

    @Test func `are joined into few, each of which is kept for a year under its content's name`() async throws
    {
        let assets = try #require(PageOperations.assets)
        let application = try await ServerFixture().application()
        for asset in assets.assets {
            #expect(asset.path.contains(/^assets\/[\w-]+\.[0-9a-f]{16}\.\w+$/))
            let response = await application.respond(
                to: APIRequest(method: .get, path: "/\(asset.path)", id: "1"))
            #expect(response.headers[.cacheControl] == "public, max-age=31536000, immutable")
            #expect(response.data == asset.contents)
        }
    }

    @Test func `are asked for by a page of before an update, which is loaded anew, once`() async throws {
        let assets = try #require(PageOperations.assets)
        let application = try await ServerFixture().application()
        let old = "0123456789abcdef"
        for asset in assets.assets {
            let path = asset.path.replacing(/\.[0-9a-f]{16}\./, with: ".\(old).")
            let response = await application.respond(
                to: APIRequest(method: .get, path: "/\(path)", id: "1"))
            #expect(response.status == .ok, "\(path)")
            #expect(response.headers[.cacheControl] == "no-store", "\(path)")
            #expect(response.headers[.contentType] == WebFile.contentType(of: path))
            if assets.names.values.contains(asset.path) {
                #expect(response.data == asset.contents, "\(path)")
            } else {
                // A part of today would bring the whole page of today into the old one.
                let script = String(decoding: response.data ?? Data(), as: UTF8.self)
                #expect(script.contains("location.reload()"), "\(path)")
                #expect(!script.contains("import"), "\(path)")
            }
        }
        for path in [
            "/assets/app.js", "/assets/app.0123.js", "/assets/none.\(old).css", "/assets/..\(old).css",
            "/assets/app.0123456789ABCDEF.js", "/assets/a/app.\(old).js",
        ] {
            let response = await application.respond(to: APIRequest(method: .get, path: path, id: "1"))
            #expect(response.status == .notFound, "\(path)")
        }
    }

    @Test func `of the first page are at most 22 kB in six requests, packed, and 57 kB as they are`()
        async throws
    {
        let assets = try #require(PageOperations.assets)
        // Two more ask for the status and for who the caller is.
        #expect(assets.firstFiles.count + 1 <= 6)
        let application = try await ServerFixture().application()
        let plain = assets.assets.filter { assets.firstFiles.contains($0.path) }.map(\.contents)
        #expect(([assets.index] + plain).reduce(0) { $0 + $1.count } <= 57_000)
        var bytes = 0
        for path in ["/"] + assets.firstFiles.map({ "/\($0)" }) {
            let response = await application.respond(
                to: APIRequest(method: .get, path: path, headers: [.acceptEncoding: "gzip"], id: "1"))
            #expect(response.status == .ok)
            bytes += response.data?.count ?? 0
        }
        #expect(bytes <= 22_000)
        #expect(bytes > 5_000)
    }

    /// How the page's authors learn that a module is written in a form that is not joined.
    @Test func `are written so that they can be joined`() {
        var faults: [String] = []
        for file in WebFile.all where file.path.hasSuffix(".js") {
            do throws(ModuleFault) {
                _ = try PageModule(path: file.path, bytes: file.bytes)
            } catch {
                faults.append(error.description)
            }
        }
        #expect(faults == [])
        do throws(ModuleFault) {
            _ = try PageAssets(Dictionary(WebFile.all.map { ($0.path, $0.bytes) }, uniquingKeysWith: { $1 }))
        } catch {
            Issue.record("\(error)")
        }
    }
}
