import JSONValue

extension ComponentRule {
    /// Fields by which a node names another conversation than the run's.
    private static let ownSession = LossRule(
        "session_id", unless: "", because: "the run's own session is meant")
    private static let ownContext = LossRule(
        "context_id", unless: "", because: "a session is not divided further")

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
                    "files", unless: "", [], because: "files come with a run's message, not with the flow"),
                LossRule("sender", unless: "User", "", because: "a person says what comes in"),
                ownSession, ownContext,
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
                LossRule("data_template", unless: "{text}", "", because: "records are shown as JSON"),
                LossRule("sender", unless: "Machine", "", because: "the flow says what goes out"),
                ownSession, ownContext,
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
                ParameterRule("sep", to: "separator", .text, takesEmpty: true),
                ParameterRule("mode", to: "stringify", .isOneOf(["Stringify"])),
            ],
            outputs: ["parsed_text": "message", "text": "message"], special: .parser),
        ComponentRule(
            types: [
                "SplitText", "CharacterTextSplitter", "RecursiveCharacterTextSplitter",
                "LanguageRecursiveTextSplitter", "NaturalLanguageTextSplitter", "SemanticTextSplitter",
            ], component: "SplitText",
            inputs: [InputRule("data_inputs", "data_input", "inputs", to: "input")],
            parameters: [
                ParameterRule("chunk_size", to: "chunk_size", .integer(1...1_000_000)),
                ParameterRule("chunk_overlap", to: "chunk_overlap", .integer(0...1_000_000)),
                ParameterRule("separator", to: "separator", .escaped, takesEmpty: true),
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
            parameters: [ParameterRule("delimiter", to: "delimiter", .text, takesEmpty: true)],
            outputs: ["combined_text": "message"]),
        ComponentRule(
            types: ["TextOperations"], component: "TextOperations",
            inputs: [InputRule("text_input", to: "text"), InputRule("text_input_2", to: "more")],
            parameters: [
                ParameterRule(
                    "operation", to: "operation",
                    .choice([
                        "Word Count": "word_count", "Case Conversion": "change_case",
                        "Text Replace": "replace", "Text Extract": "extract", "Text Head": "head",
                        "Text Tail": "tail",
                        "Text Strip": "strip", "Text Join": "join", "Text Clean": "clean",
                        "Text to DataFrame": "to_table",
                    ])),
                ParameterRule(
                    "case_type", to: "case",
                    .choice([
                        "lowercase": "lowercase", "uppercase": "uppercase", "title": "title",
                        "capitalize": "capitalize", "swapcase": "swapcase",
                    ])),
                ParameterRule("search_pattern", to: "search", .text),
                ParameterRule("replacement_text", to: "replacement", .text),
                ParameterRule("use_regex", to: "regex", .flag),
                ParameterRule("extract_pattern", to: "pattern", .text),
                ParameterRule("max_matches", to: "max_matches", .integer(0...1_000_000)),
                ParameterRule("head_characters", to: "count", .integer(0...1_000_000_000)),
                ParameterRule("tail_characters", to: "count", .integer(0...1_000_000_000)),
                ParameterRule(
                    "strip_mode", to: "side", .choice(["both": "both", "left": "left", "right": "right"])),
                ParameterRule("strip_characters", to: "characters", .text),
                ParameterRule("count_words", to: "count_words", .flag),
                ParameterRule("count_characters", to: "count_characters", .flag),
                ParameterRule("count_lines", to: "count_lines", .flag),
                ParameterRule("remove_extra_spaces", to: "remove_extra_spaces", .flag),
                ParameterRule("remove_special_chars", to: "remove_special_chars", .flag),
                ParameterRule("remove_empty_lines", to: "remove_empty_lines", .flag),
                ParameterRule("table_separator", to: "separator", .text),
                ParameterRule("has_header", to: "has_header", .flag),
            ],
            outputs: [
                "message_output": "message", "text_output": "message", "message": "message",
                "text": "message",
                "data_output": "data", "data": "data", "dataframe_output": "table", "dataframe": "table",
            ],
            special: .operations),
        ComponentRule(
            types: ["RegexExtractorComponent", "RegexExtractor"], component: "RegexExtract",
            inputs: [
                InputRule("input_text", to: "text"),
                InputRule("pattern", to: "pattern", constant: .parameter("pattern")),
            ],
            parameters: [ParameterRule("pattern", to: "pattern", .text)],
            outputs: ["data": "table", "text": "message"]),
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
