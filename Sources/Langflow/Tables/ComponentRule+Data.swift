import JSONValue

extension ComponentRule {
    private static let comparisons: [String: String] = [
        "equals": "equals", "not equals": "not_equals", "contains": "contains",
        "not contains": "not_contains", "starts with": "starts_with", "ends with": "ends_with",
        "greater than": "greater_than", "less than": "less_than",
    ]

    /// Records, tables and files.
    static let data: [ComponentRule] = [
        ComponentRule(
            types: ["DataOperations", "FilterData", "ExtractaKey"], component: "DataOperations",
            inputs: [InputRule("data", "data_input", to: "data", constant: .none)],
            parameters: [
                ParameterRule(
                    "operations", "operation", to: "operation",
                    .choice([
                        "Select Keys": "select_keys", "Combine": "combine",
                        "Append or Update": "append_update", "Remove Keys": "remove_keys",
                        "Rename Keys": "rename_keys", "Path Selection": "path_selection",
                        "Filter Values": "filter_values",
                    ])),
                ParameterRule("select_keys_input", "filter_criteria", "key", to: "keys", .texts),
                ParameterRule("remove_keys_input", to: "keys", .texts),
                ParameterRule("filter_key", to: "keys", .texts),
                ParameterRule("append_update_data", to: "values", .pairs),
                ParameterRule("rename_keys_input", to: "values", .pairs),
                ParameterRule("filter_values", to: "values", .pairs),
                ParameterRule("operator", to: "operator", .choice(comparisons)),
                ParameterRule("selected_key", to: "path", .text),
            ],
            outputs: ["data_output": "data", "filtered_data": "data", "extracted_data": "data"],
            special: .operations),
        ComponentRule(
            types: ["DataFrameOperations", "FilterDataValues"], component: "TableOperations",
            inputs: [
                InputRule("df", "left_dataframe", "input_data", to: "table", constant: .none),
                InputRule("right_dataframe", to: "more", constant: .none),
            ],
            parameters: [
                ParameterRule(
                    "operation", to: "operation",
                    .choice([
                        "Add Column": "add_column", "Drop Column": "drop_column", "Filter": "filter",
                        "Head": "head", "Tail": "tail", "Rename Column": "rename_column",
                        "Replace Value": "replace_value", "Select Columns": "select_columns",
                        "Sort": "sort", "Drop Duplicates": "drop_duplicates", "Concatenate": "concatenate",
                        "Merge": "merge",
                    ])),
                ParameterRule("column_name", "filter_key", to: "column", .text),
                ParameterRule("merge_on_column", to: "column", .text),
                ParameterRule(
                    "merge_how", to: "join",
                    .choice(["inner": "inner", "outer": "outer", "left": "left", "right": "right"])),
                ParameterRule("new_column_name", to: "new_column", .text),
                ParameterRule("new_column_value", to: "value", .text),
                ParameterRule("filter_value", to: "value", .text),
                ParameterRule("replace_value", to: "value", .text),
                ParameterRule("replacement_value", to: "replacement", .text),
                ParameterRule("columns_to_select", to: "columns", .texts),
                ParameterRule("num_rows", to: "rows", .integer(0...1_000_000)),
                ParameterRule("filter_operator", "operator", to: "operator", .choice(comparisons)),
                ParameterRule("ascending", to: "ascending", .flag),
            ],
            outputs: ["output": "table", "filtered_data": "table", "dataframe_output": "table"],
            special: .operations,
            keepsColumns: true),
        ComponentRule(
            types: ["MergeDataComponent", "MergeData"], component: "MergeData",
            inputs: [InputRule("data_inputs", to: "data", constant: .none)],
            parameters: [
                ParameterRule(
                    "operation", to: "operation",
                    .choice([
                        "Concatenate": "concatenate", "Append": "append", "Merge": "merge", "Join": "join",
                    ]))
            ],
            outputs: ["combined_data": "table", "merged_data": "table"], keepsColumns: true),
        ComponentRule(
            types: ["CreateData", "DynamicCreateData"], component: "CreateData",
            outputs: ["data": "data", "form_data": "data"], special: .record),
        ComponentRule(
            types: ["SQLComponent", "SQLExecutor"], component: "SQLQuery",
            inputs: [InputRule("query", to: "query")],
            outputs: ["run_sql_query": "table", "results": "table", "dataframe": "table"],
            losses: [
                LossRule(
                    "add_error", unless: false,
                    because: "a faulty query ends the run, or is told to the agent")
            ],
            dropped: ["database_url": "it is one of the databases of the settings"],
            approximation: """
                a flow holds no address of a database; name one of the configured ones (parameter “database”), \
                which is read only
                """),
        ComponentRule(
            types: ["File", "FileComponent", "Directory", "CSVtoData", "JSONtoData"], component: "ReadFile",
            inputs: [
                InputRule("file_path", "file_path_str", to: "name", constant: .none)
            ],
            parameters: [
                ParameterRule("path", "csv_file", "json_file", "file_path_str", to: "names", .texts),
                ParameterRule("separator", to: "separator", .text),
            ],
            outputs: [
                "message": "message", "data": "table", "dataframe": "table", "data_list": "table",
                "loaded_files": "table", "advanced": "message", "advanced_markdown": "message",
                "path": "message",
            ],
            losses: [
                LossRule(
                    "advanced_mode", unless: false, because: "files are read as text, without their layout"),
                LossRule("text_encoding", unless: "", "utf-8", because: "texts are read as UTF-8"),
                LossRule("silent_errors", unless: false, because: "a file that cannot be read ends the run"),
            ],
            special: .file),
        ComponentRule(
            types: ["SaveToFile", "SaveToFileComponent"], component: "SaveToFile",
            inputs: [InputRule("input", "message", "data", "df", to: "input")],
            parameters: [
                ParameterRule("file_name", to: "file_name", .text),
                ParameterRule("append_mode", to: "append", .flag),
                ParameterRule(
                    "local_format", "file_format", "data_format", to: "format",
                    .choice([
                        "csv": "csv", "json": "json", "markdown": "markdown", "md": "markdown",
                        "txt": "txt",
                    ])),
            ],
            outputs: ["message": "message", "result": "message", "confirmation": "message"],
            special: .file, hasEffect: true),
    ]
}
