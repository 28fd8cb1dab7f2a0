import Foundation
import JSONValue
import Models
import Transport

/// Models behind servers of OpenAI's API: Ollama, vLLM, llama.cpp, TEI, OpenAI itself.
extension Services {
    func openAIEmbedder() throws -> any Embedder {
        let model = try needed(\.openai.embeddingModel)
        guard let dimension = settings[\.openai.embeddingDimension] else {
            throw settings.bad(\.openai.embeddingDimension, "the length of the model's vectors is expected")
        }
        var configuration = OpenAIEmbedder.Configuration(
            model: model, dimension: dimension, maxTokens: settings[\.openai.embeddingMaxTokens])
        configuration.sendsDimensions = settings[\.openai.sendsDimension]
        configuration.queryPrefix = settings[\.openai.queryPrefix] ?? ""
        configuration.passagePrefix = settings[\.openai.passagePrefix] ?? ""
        return try OpenAIEmbedder(try openAI(\.openai.embeddingURL), configuration, meter: useMeter)
    }

    func openAIGenerator() throws -> any Generator {
        var configuration = OpenAIGenerator.Configuration(model: try needed(\.openai.answerModel))
        configuration.structuredOutput =
            switch settings[\.openai.structured] {
            case .jsonSchema: .jsonSchema
            case .jsonObject: .jsonObject
            case .tool: .tool
            }
        configuration.sendsTemperature = settings[\.openai.sendsTemperature]
        configuration.tokenLimitField =
            settings[\.openai.tokenLimitField] == .maxTokens ? .maxTokens : .maxCompletionTokens
        configuration.fields = settings[\.openai.fields]?.object ?? [:]
        return OpenAIGenerator(try openAI(\.openai.url), configuration)
    }

    func openAIReranker() throws -> any Reranker {
        let form: OpenAIReranker.Form = settings[\.openai.rerankForm] == .tei ? .tei : .cohere
        let model = form == .tei ? settings[\.openai.rerankModel] ?? "tei" : try needed(\.openai.rerankModel)
        return try OpenAIReranker(
            try openAI(\.openai.rerankURL), OpenAIReranker.Configuration(model: model, form: form),
            meter: useMeter)
    }

    /// - Parameter place: a server of its own, before `openai.url`.
    private func openAI(_ place: KeyPath<Keys, Setting<URL?>>) throws -> OpenAIEndpoint {
        guard let url = settings[place] ?? settings[\.openai.url] else {
            throw settings.bad(
                \.openai.url, "the server's address is expected, such as http://localhost:11434/v1")
        }
        // Looked up for each call: it may stand for one that rotates.
        return OpenAIEndpoint(
            url, http: try plainClient(), key: { [settings] in settings[\.openai.key] },
            keyHeader: settings[\.openai.keyHeader])
    }

    /// A setting that what the others say cannot do without.
    func needed(_ path: KeyPath<Keys, Setting<String?>>) throws -> String {
        guard let value = settings[path] else {
            throw settings.bad(path, "with the provider that is set, a value is expected")
        }
        return value
    }
}
