import JSONValue

extension ComponentRule {
    /// What begins and ends a flow, and what is made of text.
    static let dialogue: [ComponentRule] = [
        ComponentRule(
            types: ["ChatInput"], component: "ChatInput",
            parameters: [
                ParameterRule("input_value", to: "text", .text),
                ParameterRule("sender_name", to: "sender_name", .text),
                ParameterRule("should_store_message", to: "is_kept", .usuallyTrue),
            ],
            outputs: ["message": "message"],
            losses: [
                LossRule(
                    "files", unless: "", [], because: "files come with a run's message, not with the flow")
            ],
            role: .chatInput),
        ComponentRule(
            types: ["TextInput"], component: "TextInput",
            inputs: [InputRule("input_value", to: "message", constant: .parameter("text"))],
            parameters: [ParameterRule("input_value", to: "text", .text)],
            outputs: ["text": "message"], special: .textInput, role: .textInput),
        ComponentRule(
            types: ["Webhook", "WebhookComponent", "InboundWebhookTrigger"], component: "WebhookInput",
            outputs: ["output_data": "data", "trigger_event": "data"],
            dropped: ["data": "what a webhook is sent comes with the run"], role: .webhook),
        ComponentRule(
            types: ["ChatOutput"], component: "ChatOutput",
            inputs: [InputRule("input_value", to: "message")],
            parameters: [
                ParameterRule("sender_name", to: "sender_name", .text),
                ParameterRule("should_store_message", to: "is_kept", .usuallyTrue),
            ],
            outputs: ["message": "message"],
            losses: [
                LossRule("data_template", unless: "{text}", "", because: "records are shown by their text")
            ],
            role: .chatOutput),
        ComponentRule(
            types: ["TextOutput"], component: "TextOutput",
            inputs: [InputRule("input_value", to: "message")], outputs: ["text": "message"],
            role: .textOutput),
        ComponentRule(
            types: ["Prompt Template", "Prompt", "PromptComponent"], component: "PromptTemplate",
            parameters: [
                ParameterRule("template", to: "template", .text),
                ParameterRule("use_double_brackets", to: "syntax", .either("mustache", "braces")),
            ],
            outputs: ["prompt": "prompt", "text": "prompt"], special: .prompt),
        ComponentRule(
            types: ["ParserComponent", "parser", "ParseData", "ParseDataFrame"], component: "Parser",
            inputs: [InputRule("input_data", "data", "df", to: "input")],
            parameters: [
                ParameterRule("pattern", "template", to: "template", .text),
                ParameterRule("sep", to: "separator", .text),
                ParameterRule("mode", to: "stringify", .isOneOf(["Stringify"])),
            ],
            outputs: ["parsed_text": "message", "text": "message"]),
        ComponentRule(
            types: [
                "SplitText", "CharacterTextSplitter", "RecursiveCharacterTextSplitter",
                "LanguageRecursiveTextSplitter", "NaturalLanguageTextSplitter", "SemanticTextSplitter",
            ], component: "SplitText",
            inputs: [InputRule("data_inputs", "data_input", "inputs", to: "input")],
            parameters: [
                ParameterRule("chunk_size", to: "chunk_size", .integer(1...1_000_000)),
                ParameterRule("chunk_overlap", to: "chunk_overlap", .integer(0...1_000_000)),
                ParameterRule("separator", to: "separator", .escaped),
                ParameterRule("keep_separator", to: "keep_separator", .isOneOf(["True", "Start", "End"])),
                ParameterRule("text_key", to: "text_key", .text),
                ParameterRule("clean_output", to: "clean_output", .flag),
            ],
            outputs: ["dataframe": "chunks", "chunks": "chunks", "data": "chunks"],
            losses: [
                LossRule("separators", unless: "", [], because: "one separator is used")
            ],
            dropped: ["embeddings": "texts are split by their length"],
            approximations: [
                "RecursiveCharacterTextSplitter": "texts are split by one separator, not by several in turn",
                "LanguageRecursiveTextSplitter":
                    "texts are split by one separator, not by a language's rules",
                "NaturalLanguageTextSplitter": "texts are split by one separator, not by sentences",
                "SemanticTextSplitter": "texts are split by their length, not by their meaning",
            ],
            special: .split, keepsColumns: true),
        ComponentRule(
            types: ["CombineText"], component: "CombineText",
            inputs: [InputRule("text1", to: "texts"), InputRule("text2", to: "texts")],
            parameters: [ParameterRule("delimiter", to: "delimiter", .text)],
            outputs: ["combined_text": "message"]),
        ComponentRule(
            types: ["TypeConverterComponent", "MessagetoData", "DataToDataFrame"], component: "TypeConvert",
            inputs: [InputRule("input_data", "message", "data_list", to: "input")],
            parameters: [ParameterRule("auto_parse", to: "auto_parse", .flag)],
            outputs: [
                "message_output": "message", "data_output": "data", "dataframe_output": "table",
                "data": "data", "dataframe": "table",
            ],
            keepsColumns: true),
        ComponentRule(
            types: ["CurrentDate"], component: "CurrentDate",
            inputs: [InputRule("timezone", to: "timezone", constant: .parameter("timezone"))],
            parameters: [ParameterRule("timezone", to: "timezone", .text)],
            outputs: ["current_date": "message"]),
        ComponentRule(
            types: ["CalculatorComponent", "CalculatorTool", "Calculator"], component: "Calculator",
            inputs: [InputRule("expression", to: "expression")],
            outputs: ["result": "result", "api_run_model": "result"]),
    ]
}
