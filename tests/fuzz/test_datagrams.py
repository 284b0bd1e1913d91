from udp_strangers import strangers


def test_strangers_never_get_more_than_was_sent_in_their_name() -> None:
    came, went = strangers(20_000)
    assert 0 < went < came
