import JSONValue

extension ComponentRule {
    private static let searches = [
        "TavilySearchComponent", "TavilyAISearch", "DuckDuckGoSearchComponent", "DuckDuckGoSearch",
        "SearchComponent", "SearchAPI", "Serp", "SerpAPI", "GoogleSerperAPI", "GoogleSerperAPICore",
        "GoogleSearchAPI", "GoogleSearchAPICore", "BingSearchAPI", "ExaSearch", "SearXNGTool",
        "GleanSearchAPIComponent", "GleanAPI", "WikipediaComponent", "WikipediaAPI", "WikidataComponent",
        "WikidataAPI",
    ]

    /// What a search's rows call the same.
    private static let columns = ["link": "url", "content": "text", "snippet": "text", "summary": "text"]

    /// What asks the network and the corpus.
    static let network: [ComponentRule] = [
        ComponentRule(
            types: ["APIRequest"], component: "HTTPRequest",
            inputs: [
                InputRule("url_input", "urls", to: "url", constant: .parameter("url")),
                InputRule("body", to: "body", constant: .parameter("payload")),
            ],
            parameters: [
                ParameterRule("url_input", "urls", to: "url", .text),
                ParameterRule(
                    "method", to: "method",
                    .choice([
                        "GET": "GET", "POST": "POST", "PATCH": "PATCH", "PUT": "PUT", "DELETE": "DELETE",
                    ])),
                ParameterRule("headers", to: "headers", .pairs),
                ParameterRule("query_params", to: "query", .pairs),
                ParameterRule("body", to: "payload", .pairs),
                ParameterRule("timeout", to: "timeout_seconds", .integer(1...600)),
                ParameterRule("follow_redirects", to: "follow_redirects", .flag),
            ],
            outputs: ["data": "data", "dataframe": "data"],
            losses: [
                LossRule("save_to_file", unless: false, because: "what comes is not put into a file"),
                LossRule(
                    "include_httpx_metadata", unless: false, because: "headers that were sent are not given"),
            ],
            dropped: ["curl_input": "its parts stand in the other fields"], special: .request),
        ComponentRule(
            types: ["URLComponent", "URL", "url_content_fetcher"], component: "FetchURL",
            inputs: [InputRule("urls", "url", to: "urls", constant: .parameter("urls"))],
            parameters: [
                ParameterRule("urls", "url", to: "urls", .texts),
                ParameterRule("max_depth", to: "max_depth", .levels(0...3)),
                ParameterRule("headers", to: "headers", .pairs),
                ParameterRule("timeout", to: "timeout_seconds", .integer(1...600)),
                ParameterRule(
                    "format", to: "format",
                    .choice(["Text": "text", "HTML": "html", "Raw HTML": "html", "Markdown": "text"])),
            ],
            outputs: [
                "page_results": "pages", "data": "pages", "dataframe": "pages", "api_run_model": "pages",
                "raw_results": "message", "text": "message", "message": "message",
            ],
            losses: [
                LossRule(
                    "format", unless: "Text", "HTML", "Raw HTML", "", because: "pages are read as plain text"),
                LossRule("prevent_outside", unless: true, because: "links are followed within a site only"),
                LossRule(
                    "continue_on_failure", unless: true,
                    because: "a page that cannot be had stands with its error, unless none can be had"),
            ],
            special: .pages),
        ComponentRule(
            types: ["UnifiedWebSearch", "WebSearchNoAPI", "NewsSearch", "RSSReaderSimple"],
            component: "WebSearch",
            inputs: [InputRule("query", "rss_url", to: "query")],
            parameters: [
                ParameterRule(
                    "search_mode", to: "mode", .choice(["Web": "web", "News": "news", "RSS": "rss"])),
                ParameterRule("max_results", to: "limit", .integer(1...100)),
            ],
            outputs: ["results": "results", "articles": "results"],
            losses: [
                LossRule("topic", unless: "", because: "name it in the query"),
                LossRule("location", unless: "", because: "name it in the query"),
            ],
            approximation: "it is answered by the search service of the settings",
            columns: columns),
        ComponentRule(
            types: searches, component: "WebSearch",
            inputs: [InputRule("query", "input_value", "search_query", "query_string", to: "query")],
            parameters: [
                ParameterRule("max_results", "k", "num_results", to: "limit", .integer(1...100)),
                ParameterRule(
                    "topic", "query_type", to: "mode", .choice(["news": "news", "general": "web"])),
            ],
            outputs: [
                "data": "results", "dataframe": "results", "results": "results", "api_run_model": "results",
                "text": "results",
            ],
            approximation: "it is answered by the search service of the settings, not by the one named",
            columns: columns),
        ComponentRule(
            types: ["ArXivComponent"], component: "ArXiv", inputs: [InputRule("search_query", to: "query")],
            parameters: [
                ParameterRule("max_results", to: "max_results", .integer(1...100)),
                ParameterRule(
                    "search_type", to: "search_type",
                    .choice([
                        "all": "all", "title": "title", "abstract": "abstract", "author": "author",
                        "cat": "category",
                    ])),
            ],
            outputs: ["dataframe": "results", "data": "results"]),
        ComponentRule(
            types: ["MCPTools", "MCPSse", "MCPStdio"], component: "MCPTools",
            outputs: ["response": "result"],
            losses: [
                LossRule("headers", unless: "", [], [:], because: "a server's headers stand in the settings"),
                LossRule("verify_ssl", unless: true, because: "certificates are always checked"),
            ],
            special: .tools),
        ComponentRule(
            types: ["Knowledge", "KnowledgeBase", "KnowledgeIngestion", "KnowledgeRetrieval", "KBRetrieval"],
            component: "CorpusSearch",
            inputs: [
                InputRule("search_query", to: "query"), InputRule("input_df", to: "data", constant: .none),
            ],
            parameters: [ParameterRule("top_k", to: "limit", .integer(1...50))],
            outputs: ["retrieve_data": "results", "dataframe_output": "result"],
            losses: [LossRule("metadata_filter", unless: "", because: "filter by spaces and labels")],
            approximation: "it searches the corpus that Millrace holds, by words and meaning",
            special: .knowledge, columns: ["content": "text"]),
        vectorStore,
    ]

    /// A vector store of any kind; stores are led here by their fields.
    static let vectorStore = ComponentRule(
        types: [],
        component: "CorpusSearch",
        inputs: [
            InputRule("search_query", "search_input", to: "query"),
            InputRule("ingest_data", to: "data", constant: .none),
        ],
        parameters: [ParameterRule("number_of_results", to: "limit", .integer(1...50))],
        outputs: ["search_results": "results", "dataframe": "results"],
        losses: [
            LossRule("search_filter", unless: "", [:], [], because: "filter by spaces and labels"),
            LossRule("advanced_search_filter", unless: "", [:], [], because: "filter by spaces and labels"),
        ],
        dropped: [
            "embedding": "the corpus has its own embedding",
            "embedding_model": "the corpus has its own embedding",
            "lexical_terms": "the query's own words are searched",
        ],
        approximation: "it searches the corpus that Millrace holds, by words and meaning", special: .store)
}
