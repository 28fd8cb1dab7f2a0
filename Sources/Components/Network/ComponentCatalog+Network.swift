import Flow

extension ComponentCatalog {
    /// Adds what talks to the network: `HTTPRequest`, `FetchURL`, `WebSearch`, `ArXiv`, `MCPTools`.
    ///
    /// Flows reach only what is named here: hosts by the rules of `http`, everything else by services that whoever runs
    /// the server has named.
    ///
    /// - Parameters:
    ///   - http: the way to addresses that flows name.
    ///   - toText: the text of a page.
    ///   - search: the search engine; `nil` for none, of which `WebSearch` then speaks.
    ///   - arXiv: the search of papers; `nil` for none.
    ///   - servers: the MCP servers.
    public mutating func addNetworkComponents(
        http: GuardedHTTP, toText: @escaping HTMLToText, search: SearchService? = nil,
        arXiv: ArXivService? = nil, servers: MCPServers = .none
    ) {
        register(HTTPRequestComponent.self, in: .network) { HTTPRequestComponent(&$0, http: http) }
        register(FetchURL.self, in: .network) { FetchURL(&$0, http: http, toText: toText) }
        register(WebSearch.self, in: .network) { WebSearch(&$0, http: http, service: search, toText: toText) }
        register(ArXiv.self, in: .network) { ArXiv(&$0, service: arXiv) }
        register(MCPTools.self, in: .network) { MCPTools(&$0, servers: servers) }
    }
}
