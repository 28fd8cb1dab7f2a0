import Foundation
import HTTPTypes

/// What is told to a page that was opened before the server was updated, and asks for a file by the name that it had
/// then.
///
/// A part of the page of today is none of that page's: it takes what it needs from other files of today. So what stands
/// for a module loads the page anew, once. Stylesheets and pictures are given as they are now; none of it is kept.
struct OldAssets: Sendable {
    /// What is no module, by its name without the hash.
    private let current: [String: TaggedContent]
    private let modules: Set<String>

    init(_ assets: PageAssets) {
        let plain = Set(assets.names.values)
        var current: [String: TaggedContent] = [:]
        var modules: Set<String> = []
        for asset in assets.assets {
            guard let name = Self.plainName(of: asset.path.split(separator: "/").last ?? "") else { continue }
            if plain.contains(asset.path) {
                current[name] = TaggedContent(
                    contentType: WebFile.contentType(of: name), bytes: asset.contents,
                    cacheControl: "no-store")
            } else {
                modules.insert(name)
            }
        }
        self.current = current
        self.modules = modules
    }

    /// `trace.css` for `trace.3f9a….css`; `nil` for what is no name of a file with its hash.
    private static func plainName(of name: Substring) -> String? {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, parts[1].count == ContentHash.length,
            parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        else { return nil }
        return "\(parts[0]).\(parts[2])"
    }

    var operation: Operation {
        .open(
            "page:/\(PageAssets.folder){name}", .get, "/\(PageAssets.folder){name}",
            summary: "a file of the page as it was before an update", isListed: false,
            inputs: Inputs.path("name", .text, "the file's name with its hash"),
            responses: ["js", "css", "svg"].map {
                .bytes(
                    WebFile.contentType(of: "file.\($0)"),
                    "what loads the page anew, or the file as it is now")
            }, problems: [.notFound]
        ) { name in
            guard let plain = Self.plainName(of: name[...]) else { throw Self.notFound(name) }
            if let content = current[plain] {
                return try content.response(to: RequestConditions())
            }
            // A part may be gone, too; a page that asks for it is an old one all the same.
            guard modules.contains(plain) || plain.hasSuffix(".js") else { throw Self.notFound(name) }
            return APIResponse(
                headers: [.contentType: WebFile.contentType(of: plain), .cacheControl: "no-store"],
                body: .data(Data(Self.reloading.utf8)))
        }
    }

    private static func notFound(_ name: String) -> RequestFault {
        .notFound(path: String("/\(PageAssets.folder)\(name)".prefix(200)))
    }

    /// Loads the page anew unless that was done within the last minute, and keeps whoever imports it waiting meanwhile.
    /// Where nothing can be remembered, nothing is loaded: it could go on for ever.
    static let reloading = """
        const kept = "millrace-loaded-anew";
        let last = NaN;
        try {
          const before = Number(sessionStorage.getItem(kept));
          sessionStorage.setItem(kept, String(Date.now()));
          last = before;
        } catch { /* nothing is remembered here */ }
        if (!(Date.now() - last > 60000)) throw new Error("this part of the page is of another version");
        location.reload();
        await new Promise(() => {});

        """
}
