import JSONValue
import Testing

@testable import Models

@Suite struct `How an endpoint is asked` {
    @Test func `a ready form is named in place of a template, with its paths`() throws {
        for preset in SageMakerEmbeddingForm.Preset.allCases {
            let form = try SageMakerEmbeddingForm(request: preset.rawValue)
            #expect(form.vectors.description == preset.response && form.textsPerCall == preset.textsPerCall)
        }
        for preset in SageMakerRerankForm.Preset.allCases {
            let form = try SageMakerRerankForm(request: " \(preset.rawValue)\n")
            #expect(form.scores.description == preset.response)
            #expect(form.offsets?.description == preset.offsets)
        }
        for preset in SageMakerAnswerForm.Preset.allCases {
            guard case .streamed(let stream) = try SageMakerAnswerForm(request: preset.rawValue).answer else {
                Issue.record("\(preset)")
                continue
            }
            #expect(stream.piece.description == preset.piece && stream.finish != nil)
        }
    }

    @Test func `a path of one's own takes the place of the preset's`() throws {
        let rerank = try SageMakerRerankForm(request: "tei", response: "scores")
        #expect(rerank.scores.description == "scores" && rerank.offsets == nil)
        let stream = try SageMakerAnswerForm(request: "chat", stream: "choices[0].text")
        #expect(stream.answer == .streamed(.init(piece: try ResponsePath(parsing: "choices[0].text"))))
        let whole = try SageMakerAnswerForm(request: "tgi", response: "generated_text", streams: false)
        #expect(whole.answer == .whole(.init(text: try ResponsePath(parsing: "generated_text"))))
        let known = try SageMakerAnswerForm(request: "tgi", stream: "token.text")
        #expect(known == (try SageMakerAnswerForm(request: "tgi")))
    }

    @Test func `a template of one's own streams where a stream's path is given`() throws {
        let template = #"{"p": "{{prompt}}"}"#
        let whole = try SageMakerAnswerForm(request: template, response: "t")
        #expect(whole.answer == .whole(.init(text: try ResponsePath(parsing: "t"))))
        let streamed = try SageMakerAnswerForm(request: template, stream: "piece")
        #expect(streamed.answer == .streamed(.init(piece: try ResponsePath(parsing: "piece"))))
    }

    @Test func `a fault names the part of the settings`() throws {
        #expect(throws: SageMakerFormError.unknownPreset("tgi", known: ["tei"])) {
            try SageMakerEmbeddingForm(request: "tgi")
        }
        #expect(throws: SageMakerFormError.unknownPreset("", known: ["chat", "tgi"])) {
            try SageMakerAnswerForm(request: "")
        }
        #expect(throws: SageMakerFormError.missingResponse) {
            try SageMakerEmbeddingForm(request: #"["{{text}}"]"#)
        }
        #expect(throws: SageMakerFormError.missingResponse) {
            try SageMakerAnswerForm(request: #"["{{prompt}}"]"#, stream: "x", streams: false)
        }
        let faults: [(String, () throws -> Void)] = [
            ("The request: ", { _ = try SageMakerEmbeddingForm(request: "{}", response: "x") }),
            ("The request: ", { _ = try SageMakerRerankForm(request: "[", response: "x") }),
            ("The response's path: ", { _ = try SageMakerEmbeddingForm(request: "tei", response: "[") }),
            ("The response's path: ", { _ = try SageMakerRerankForm(request: "tei", offsets: "a..b") }),
            (
                "The response's path: ",
                { _ = try SageMakerAnswerForm(request: "chat", response: "", streams: false) }
            ),
            ("The stream's path: ", { _ = try SageMakerAnswerForm(request: "chat", stream: "a b") }),
        ]
        for (words, make) in faults {
            let error = #expect(throws: SageMakerFormError.self) { try make() }
            #expect(error?.description.hasPrefix(words) == true)
        }
    }
}
