extension String {
    /// The first `count` Unicode scalars, by which AWS counts a text's characters: what a reader takes for one
    /// character may be several of them, so that far fewer of a Hindi text's fit.
    func firstScalars(_ count: Int) -> String {
        // Every scalar has a byte at least.
        utf8.count <= count ? self : String(unicodeScalars.prefix(count))
    }
}
