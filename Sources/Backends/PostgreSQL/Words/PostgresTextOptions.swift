/// How words on a server are searched.
public struct PostgresTextOptions: Sendable, Hashable {
    /// Passages that one step of a search looks at on the server. Some microseconds each; a search whose words stand in
    /// no more than these is exact.
    public var evaluated = 20_000
    /// Of those, how many are scored in full at most, the most promising first; more where more results are asked for.
    public var ranked = 4_096
    /// What is known of words and passages counts for so long, unless this process changed it.
    public var freshness = Duration.seconds(1)

    public init() {}
}
