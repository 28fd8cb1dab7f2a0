/// Articles, pronouns, prepositions, conjunctions, auxiliaries and question words by language: what tells a
/// language, and what a query is not about.
enum FunctionWords {
    static let byLanguage: [Language: String] = [
        .arabic: "في من على إلى عن مع هذا هذه ذلك التي الذي ما هو هي هل كيف متى أين كان لا أن إن و أو ثم قد",
        .armenian: "և եւ է են որ այս այդ այն մեջ համար հետ իր նա մի ոչ ինչ երբ որտեղ",
        .basque:
            "eta da dira ez bat du dute izan baina ere hau hori hura zer nor non noiz nola edo baino bezala egin duen",
        .catalan:
            """
        el la els les un una uns unes de del dels al als en amb per i o que qui com quan on però és són ha han
        aquest aquesta no més molt també jo seva seu això
        """,
        .danish:
            """
        og i jeg det at en et den til er som på de med han af for ikke der var mig sig men har om vi min havde
        ham hun nu over da fra du ud hvad hvor hvem hvornår hvordan skal kan eller efter blev alle når bliver
        """,
        .dutch:
            """
        de het een en van in is dat op te zijn met voor niet aan er om ook als dan maar bij uit nog wel naar
        heeft hebben wordt worden door over deze dit die wat wie waar wanneer hoe welke kan moet moeten mijn je
        ik wij zij was werd zal geen of
        """,
        .english:
            """
        a about after all am an and any are as at be because been before being but by can could did do does
        doing each for from had has have having he her here him his how i if in into is it its itself just me
        more most my no nor not now of off on once only or other our out over own she should so some such than
        that the their them then there these they this those through to too under until up us very was we were
        what when where which while who whom whose why will with would you your above again below between both
        down during few further hers same
        """,
        .finnish:
            """
        ja on ei se että hän oli joka mutta ovat kun myös niin tai kuin jos sen ole mitä missä milloin miten kuka
        tämä tämän voi olla sekä mukaan sitten vain minä sinä me te he
        """,
        .french:
            """
        le la les un une des de du au aux et ou où que qui quoi dont en dans par pour sur sous avec sans ne pas
        plus est sont était être a ont ce cet cette ces il elle ils elles nous vous je tu se sa son ses leur leurs
        mais donc si comme quand comment pourquoi combien quel quelle quels quelles y à été
        """,
        .german:
            """
        der die das den dem des ein eine einer einen einem eines und oder aber nicht ist sind war waren wird
        werden wurde hat haben hatte sein seine ihr ihre ich du er sie es wir mit von zu zum zur im in am an auf
        aus bei bis für durch gegen nach über unter um vor auch als wie wenn dass daß weil was wer wo wann warum
        welche welcher welches man kann muss müssen soll darf sich so nur noch schon kein keine mein unser diese
        dieser dieses viele viel
        """,
        .greek:
            "και το τα ο η οι του της των την τον τη να σε με για από είναι που δεν θα στο στη στην στον ένα μια ως τι πως πότε πού ποιος",
        .hindi:
            "और का के की में है हैं से को पर यह वह एक ने नहीं भी कि जो था थे थी कब कहाँ कैसे क्या कौन तो ही लिए",
        .hungarian:
            """
        a az és hogy nem is egy van ez azt meg csak de ha már mint volt lesz vagy ki mi mit hol mikor hogyan ezt
        minden el kell lehet után között
        """,
        .indonesian:
            """
        yang dan di ke dari untuk dengan pada ini itu adalah tidak akan dalam oleh atau juga sudah telah saya
        anda kami kita mereka apa siapa kapan bagaimana mana dapat bisa harus karena
        """,
        .irish:
            "agus an na is ar ag sa san le do go ní tá bhí sé sí siad mé tú cad cé cathain conas atá i den ó faoi",
        .italian:
            """
        il lo la i gli le un uno una di del della dei delle degli dello da dal dalla in nel nella nei con su sul
        sulla per tra fra e ed o ma che chi cui come quando dove perché quale quali quanto è sono era essere ha
        hanno non più si se anche questo questa questi mi ti ci
        """,
        .lithuanian:
            "ir yra kad su į iš ne tai bet kaip arba ar už nuo apie per buvo jis ji mes jūs kas kur kada kodėl kuris",
        .norwegian:
            """
        og i jeg det at en et den til er som på de med han av for ikke der var meg seg men har om vi min hadde
        hun nå over da fra du ut hva hvor hvem når hvordan skal kan eller etter ble alle blir
        """,
        .portuguese:
            """
        o a os as um uma uns umas de do da dos das em no na nos nas por pelo pela para com sem e ou mas que quem
        como quando onde porque qual quais quanto é são foi era ser ter tem têm não mais se sua seu também este
        esta isso ao à às já
        """,
        .romanian:
            """
        și în de la pe cu din un o este sunt că nu să se ce care cine când unde cum pentru mai dar sau al a ale
        lui ei fi fost are au acest această după prin
        """,
        .russian:
            """
        и в во не что он на я с со как а то все она так его но да ты к у же вы за бы по только ее её мне было вот
        от меня еще ещё нет о из ему теперь когда даже ну ли если уже или ни быть был него до вас для мы их чем
        была сам чтоб без это где кто какой какая какие при
        """,
        .serbian:
            """
        и у је да се на за од су са не као који која које али или шта ко где када како што ће би то i u je da se
        na za od su sa ne kao koji koja koje ali ili šta ko gde kada kako što će bi to
        """,
        .spanish:
            """
        el la los las un una unos unas de del al en y o que quien qué quién cómo como cuando cuándo donde dónde
        por para con sin sobre es son era ser está están ha han no más se su sus lo le les pero si también este
        esta esto entre muy ya cuál cuántos cuánto hay
        """,
        .swedish:
            """
        och i att det som en ett på är av för med till den har de inte om han hon men var jag vi du från så vad
        vem när hur kan ska skall eller efter blir alla där mot utan sig sin
        """,
        .tamil: "மற்றும் ஒரு இந்த அந்த என்று என்ன எப்போது எங்கே யார் அது இது உள்ள ஆகும் இல்லை",
        .turkish:
            """
        ve bir bu da de için ile ne o mi mı mu mü çok daha gibi olan olarak var yok ama en her kadar sonra ki
        nasıl nerede kim hangi ya veya değil kaç şu
        """,
    ]
}
