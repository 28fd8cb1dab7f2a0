import Foundation
import HTTPTypes

/// The page at `/`, what it is served as, and its files as they were written for whoever looks into it.
enum PageOperations {
    /// What the page of this binary is served as; `nil` when its files cannot be joined, which a test keeps from
    /// happening: then the page is served file by file.
    static let assets = try? PageAssets(
        Dictionary(WebFile.all.map { ($0.path, $0.bytes) }, uniquingKeysWith: { first, _ in first }))

    private static let all: [Operation] = operations(WebFile.all, assets)

    /// - Parameter origins: of sites whose pages may frame this one.
    static func operations(framedBy origins: Set<String> = []) -> [Operation] {
        origins.isEmpty ? all : operations(WebFile.all, assets, framedBy: origins)
    }

    static func operations(
        _ files: [WebFile], _ assets: PageAssets?, framedBy origins: Set<String> = []
    ) -> [Operation] {
        func operation(_ path: String, _ content: TaggedContent) -> Operation {
            Self.operation(path, content, SecurityHeaders.pagePolicy(framedBy: origins))
        }
        let joined = Dictionary(
            (assets?.outer ?? []).map { ($0.path, $0.contents) }, uniquingKeysWith: { first, _ in first })
        var operations = files.map { file in
            operation(
                "/\(file.path)",
                TaggedContent(
                    contentType: WebFile.contentType(of: file.path),
                    bytes: joined[file.path] ?? Data(file.bytes)))
        }
        let plain = files.first { $0.path == "index.html" }.map { Data($0.bytes) }
        if let index = assets?.index ?? plain {
            let type = WebFile.contentType(of: "index.html")
            operations.append(operation("/", TaggedContent(contentType: type, bytes: index, isPacked: true)))
        }
        for asset in assets?.assets ?? [] {
            operations.append(
                operation(
                    "/\(asset.path)",
                    TaggedContent(
                        contentType: WebFile.contentType(of: asset.path), bytes: asset.contents,
                        cacheControl: TaggedContent.immutable, isPacked: true)))
        }
        if let assets { operations.append(OldAssets(assets).operation) }
        return operations
    }

    private static func operation(
        _ path: String, _ content: TaggedContent, _ policy: String
    ) -> Operation {
        var headers: HTTPFields = [.contentSecurityPolicy: policy]
        if path.hasPrefix("/\(ModuleGraph.outerFolder)") {
            // Other sites' pages load these; there is nothing in them but code that everybody may have.
            headers[.accessControlAllowOrigin] = "*"
            headers[.resourcePolicy] = "cross-origin"
        }
        return .open(
            "page:\(path)", .get, path, summary: "a file of the page", isListed: false, inputs: .conditions,
            responses: [.bytes(content.contentType, "the file"), .notModified],
            problems: [.unsatisfiableRange]
        ) { [headers] conditions in try content.response(to: conditions, headers: headers) }
    }
}
