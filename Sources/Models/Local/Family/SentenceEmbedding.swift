import Foundation

/// How tokens become one vector, and what is put before texts.
public struct SentenceEmbedding: Sendable, Equatable {
    public enum Pooling: String, Sendable, CaseIterable {
        /// The mean of all tokens.
        case mean
        /// The first token.
        case cls
    }

    public var pooling: Pooling
    /// Put before a question: `query: `, say. Some models were trained so.
    public var queryPrefix: String
    /// Put before a passage.
    public var passagePrefix: String

    public init(pooling: Pooling = .mean, queryPrefix: String = "", passagePrefix: String = "") {
        (self.pooling, self.queryPrefix, self.passagePrefix) = (pooling, queryPrefix, passagePrefix)
    }

    /// What `directory` says: `1_Pooling/config.json` and the prompts of
    /// `config_sentence_transformers.json`; the mean and nothing where it says nothing.
    ///
    /// - Throws: ``ModelsError/unsupported(file:reason:)`` for another pooling, or steps behind it.
    public init(folder directory: URL) throws(ModelsError) {
        let modules = directory.appending(path: "modules.json")
        let known = ["Transformer", "Pooling", "Normalize"]
        for module in try ModelJSON.readIfThere(modules, as: [Module].self) ?? [] {
            let name = module.type.split(separator: ".").last.map(String.init) ?? module.type
            guard known.contains(name) else {
                throw .unsupported(file: modules.path, reason: "it has the step \(name), which is not known")
            }
        }
        self.init()
        let file = directory.appending(path: "1_Pooling/config.json")
        if let content = try ModelJSON.readIfThere(file, as: [String: Flag].self) {
            let modes = content.filter { $0.key.hasPrefix("pooling_mode_") && $0.value.isSet }.map(\.key)
            switch modes {
            case ["pooling_mode_cls_token"]: pooling = .cls
            case ["pooling_mode_mean_tokens"]: pooling = .mean
            default:
                throw .unsupported(
                    file: file.path,
                    reason: "it pools by \(modes.sorted().joined(separator: ", ")), expected mean or cls")
            }
        }
        let prompts = directory.appending(path: "config_sentence_transformers.json")
        let named = try ModelJSON.readIfThere(prompts, as: Prompts.self)?.prompts ?? [:]
        queryPrefix = named["query"] ?? ""
        passagePrefix = named["passage"] ?? named["document"] ?? ""
    }

    func prefix(_ purpose: EmbeddingPurpose) -> String {
        switch purpose {
        case .query: queryPrefix
        case .passage: passagePrefix
        }
    }

    private struct Module: Decodable {
        var type: String
    }

    private struct Prompts: Decodable {
        var prompts: [String: String]?
    }

    /// `true`; anything else is not set.
    private struct Flag: Decodable {
        var isSet: Bool

        init(from decoder: any Decoder) throws {
            isSet = (try? decoder.singleValueContainer().decode(Bool.self)) ?? false
        }
    }
}
