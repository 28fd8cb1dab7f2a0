/// Letters and endings that speak for languages, for headings and questions too short for function words.
enum LanguageShapes {
    /// Letters beyond `a` to `z` that a language's own words have.
    static let letters: [Language: String] = [
        .basque: "ñ",
        .catalan: "à ç è é í ï ò ó ú ü ·",
        .danish: "æ ø å",
        .dutch: "ë ï é",
        .finnish: "ä ö",
        .french: "à â ç è é ê ë î ï ô û ù œ",
        .german: "ä ö ü",
        .hungarian: "á é í ó ö ő ú ü ű",
        .irish: "á é í ó ú",
        .italian: "à è é ì ò ù",
        .lithuanian: "ą č ę ė į š ų ū ž",
        .norwegian: "æ ø å",
        .portuguese: "á â ã à ç é ê í ó ô õ ú",
        .romanian: "ă â î ș ț ş ţ",
        .serbian: "č ć đ š ž ђ ј љ њ ћ џ",
        .russian: "ы э ё щ ъ",
        .spanish: "á é í ñ ó ú ü",
        .swedish: "å ä ö",
        .turkish: "ç ğ ı ö ş ü",
    ]

    /// Of words of six letters and more.
    static let endings: [Language: String] = [
        .basque: "tzeko tzen aren ekin etan",
        .catalan: "itat ments ció cions",
        .danish: "erne elsen hed ende",
        .dutch: "heid ingen ende lijk aatst tie ties",
        .english: "ing tion tions ness ment ments ship able ible ally ings ould less ful ies ers",
        .finnish: "ssa ssä lla llä sta stä inen isen mme nsa nen ksi tta",
        .french: "tion tions ment ments eux euse ique iques aient ement oire eaux ette isme",
        .german: "ung ungen keit heit lich liche licher lichen schaft isch ische ische tät ieren erung nis",
        .hungarian: "ság ség nak nek ban ben hoz hez ból ből ások ések",
        .indonesian: "kan nya annya",
        .italian: "zione zioni mento menti mente ità ezza aggio enza anza ale ali ere are ire ato ati",
        .lithuanian: "imas imo ijos iai ams oms uose",
        .norwegian: "ene else het ende",
        .portuguese: "ção ções mento mente dade dades ência ando endo ável",
        .romanian: "ului ilor ție ții elor esc ească",
        .spanish: "ción ciones miento mente dad dades ando iendo encia ancia able eros idos ados",
        .swedish: "arna erna ningen else het ande",
        .turkish: "ları leri lar ler dır dir ması mesi mak mek lık lik",
    ]
}
