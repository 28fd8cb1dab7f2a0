import JSONValue

extension ComponentRule {
    /// What decides the way, and what repeats.
    static let control: [ComponentRule] = [
        ComponentRule(
            types: ["ConditionalRouter"], component: "If",
            inputs: [
                InputRule("input_text", to: "text"),
                InputRule("message", to: "message", constant: .none),
                InputRule("match_text", to: "match", constant: .parameter("match")),
                InputRule(
                    "true_case_message", to: "true_message", constant: .parameter("true_message")),
                InputRule(
                    "false_case_message", to: "false_message", constant: .parameter("false_message")),
            ],
            parameters: [
                ParameterRule(
                    "operator", to: "operator",
                    .choice([
                        "equals": "equals", "not equals": "not_equals", "contains": "contains",
                        "not contains": "not_contains", "starts with": "starts_with",
                        "ends with": "ends_with", "regex": "regex", "less than": "less_than",
                        "less than or equal": "less_or_equal", "greater than": "greater_than",
                        "greater than or equal": "greater_or_equal",
                    ])),
                ParameterRule("match_text", to: "match", .text),
                ParameterRule("case_sensitive", to: "case_sensitive", .flag),
                ParameterRule("true_case_message", to: "true_message", .text),
                ParameterRule("false_case_message", to: "false_message", .text),
                ParameterRule("max_iterations", to: "rounds", .integer(0...1_000_000)),
                ParameterRule(
                    "default_route", to: "default_branch",
                    .choice(["true_result": "true_result", "false_result": "false_result"])),
            ],
            outputs: ["true_result": "true_result", "false_result": "false_result"],
            special: .comparison),
        ComponentRule(
            types: ["SmartRouter", "LLMRouterComponent"], component: "Router",
            inputs: [InputRule("input_text", to: "input"), InputRule("message", to: "message")],
            parameters: [ParameterRule("custom_prompt", to: "instructions", .text)],
            special: .router),
        ComponentRule(
            types: ["LoopComponent", "Loop"], component: "Loop",
            inputs: [InputRule("data", to: "items", constant: .none)],
            outputs: ["done": "results", "item": "item"], special: .loop, keepsColumns: true),
        ComponentRule(
            types: ["BatchRunComponent", "BatchRun"], component: "BatchRun",
            inputs: [
                InputRule("df", to: "table", constant: .none),
                InputRule("system_message", to: "system", constant: .parameter("system_message")),
            ],
            parameters: [
                ParameterRule("column_name", to: "column", .text),
                ParameterRule("output_column_name", to: "output_column", .text),
                ParameterRule("system_message", to: "system_message", .text),
                ParameterRule("enable_metadata", to: "enable_metadata", .flag),
            ],
            outputs: ["batch_results": "table"], special: .model, keepsColumns: true),
        ComponentRule(
            types: ["RunFlow", "SubFlow", "FlowTool"], component: "SubFlow",
            inputs: [InputRule("input_value", to: "message")],
            losses: [LossRule("session_id", unless: "", because: "it shares the run's own session")],
            dropped: ["session_id": "it shares the run's own session"], special: .subFlow),
        ComponentRule(
            types: ["Pass"], component: "Pass", inputs: [InputRule("input_message", to: "message")],
            outputs: ["output_message": "message"],
            dropped: ["ignored_message": "it was only waited for"]),
        ComponentRule(
            types: ["StoreMessage"], component: "Pass", inputs: [InputRule("message", to: "message")],
            outputs: ["stored_messages": "message"],
            dropped: [
                "memory": "conversations are kept by Millrace", "sender": "it is the message's own",
                "sender_name": "it is the message's own", "session_id": "it is the run's own",
            ],
            approximation: "messages of a conversation are kept anyway; this one is only passed on"),
        ComponentRule(
            types: ["GuardrailValidator", "GuardrailValidatorV2"], component: "Guardrail",
            inputs: [InputRule("input_text", to: "message")],
            parameters: [
                ParameterRule(
                    "enabled_guardrails", to: "checks",
                    .choices([
                        "PII": "pii", "Tokens/Passwords": "secrets", "Jailbreak": "prompt_injection",
                        "Prompt Injection": "prompt_injection",
                    ]))
            ],
            outputs: ["pass_result": "passed", "failed_result": "blocked"],
            losses: [
                LossRule(
                    "enable_custom_guardrail", unless: false,
                    because: "only what is known by its shape is found")
            ],
            approximation: "texts are checked by their shape, not by a language model", special: .model),
    ]
}
