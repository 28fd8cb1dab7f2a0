import JSONValue

extension ComponentRule {
    /// What asks language models.
    static let models: [ComponentRule] = [
        languageModel,
        ComponentRule(
            types: [
                "Agent", "AgentComponent", "ToolCallingAgent", "OpenAIToolsAgent", "XMLAgent", "ALTK Agent",
            ], component: "Agent",
            inputs: [
                InputRule("input_value", to: "input"),
                InputRule("system_prompt", to: "system", constant: .parameter("instructions")),
                InputRule("chat_history", "chat_memory", to: "history", constant: .none),
                InputRule("tools", to: "tools", constant: .none),
            ],
            parameters: [
                ParameterRule("system_prompt", to: "instructions", .text),
                ParameterRule("max_iterations", to: "max_steps", .integer(1...200)),
                ParameterRule("max_tokens", to: "max_tokens", .limit(1...1_000_000)),
                ParameterRule("temperature", to: "temperature", .number(0...1)),
                ParameterRule("n_messages", to: "history_limit", .integer(0...1_000)),
                ParameterRule("output_schema", to: "output_schema", .json),
            ],
            outputs: ["response": "message", "structured_response": "data"],
            losses: [LossRule("user_prompt", unless: "{input}", "", because: "the input is given as it is")],
            dropped: ["memory": "history is read from the run's own conversation"],
            approximations: [
                "ToolCallingAgent": "it is the one agent there is here",
                "OpenAIToolsAgent": "it is the one agent there is here",
                "XMLAgent": "tools are called by the model's own protocol, not by XML",
                "ALTK Agent": "answers of tools are not edited before the model reads them",
            ],
            special: .agent),
        ComponentRule(
            types: ["StructuredOutput", "StructuredOutputComponent"], component: "StructuredOutput",
            inputs: [InputRule("input_value", to: "input")],
            parameters: [
                ParameterRule("system_prompt", to: "instructions", .text),
                ParameterRule("output_schema", to: "schema", .json),
            ],
            outputs: [
                "structured_output": "data", "dataframe_output": "table",
                "structured_output_dataframe": "table",
            ],
            special: .model),
        ComponentRule(
            types: ["Memory"], component: "Memory",
            inputs: [InputRule("message", to: "message", constant: .none)],
            parameters: [
                ParameterRule(
                    "sender_type", "sender", to: "sender",
                    .choice(["Machine and User": "all", "Machine": "assistant", "User": "user"])),
                ParameterRule("n_messages", to: "limit", .integer(0...1_000)),
                ParameterRule(
                    "order", to: "order",
                    .choice(["Ascending": "ascending", "Descending": "descending"])),
                ParameterRule("template", to: "template", .text),
            ],
            outputs: ["messages_text": "text", "dataframe": "table", "messages": "table"],
            losses: [
                LossRule("sender_name", unless: "", because: "messages of all names are read"),
                LossRule("context_id", unless: "", because: "a session is not divided further"),
                LossRule("session_id", unless: "", because: "the run's own session is read"),
                LossRule(
                    "mode", unless: "Retrieve", "", because: "messages are kept by the conversation itself"),
            ],
            dropped: [
                "memory": "conversations are kept by Millrace",
                "session_id": "the run's own session is read", "sender": "messages of both sides are read",
                "sender_name": "messages of all names are read",
            ]),
        ComponentRule(
            types: ["MemoryBase"], component: "Memory",
            parameters: [ParameterRule("top_k", to: "limit", .integer(1...1_000))],
            outputs: ["retrieve_data": "table"],
            dropped: ["search_query": "the last messages are read, not the most alike"],
            approximation: "it gives the last messages of the run's session, not the most alike of all"),
    ]

    /// A node that writes text, whoever serves the model; `*Model` types of all providers are led here by their
    /// outputs.
    static let languageModel = ComponentRule(
        types: ["LanguageModelComponent"], component: "LanguageModel",
        inputs: [
            InputRule("input_value", to: "input"),
            InputRule("system_message", to: "system", constant: .parameter("system_message")),
        ],
        parameters: [
            ParameterRule("system_message", to: "system_message", .text),
            ParameterRule("temperature", to: "temperature", .number(0...1)),
            ParameterRule("max_tokens", to: "max_tokens", .limit(1...1_000_000)),
        ],
        outputs: ["text_output": "message", "text": "message"],
        losses: [LossRule("json_mode", unless: false, because: "for an object, use a structured output")],
        dropped: ["output_parser": "for an object, use a structured output"], special: .model)
}
