"""Statements of wallets as files: WeChat's, Alipay's and plain ones, in both encodings, good rows and bad."""

from datetime import UTC, datetime

import pytest

from shared_core.kernel.csvfile import FileUnreadable
from shared_core.kernel.money import Money
from shared_core.orders import Statement, read_statement

WECHAT = """\
微信支付账单明细,,,,,,,,,,
微信昵称：[lin],,,,,,,,,,
起始时间：[2026-03-01 00:00:00] 终止时间：[2026-03-02 23:59:59],,,,,,,,,,
,,,,,,,,,,
----------------------微信支付账单明细列表--------------------,,,,,,,,,,
交易时间,交易类型,交易对方,商品,收/支,金额(元),支付方式,当前状态,交易单号,商户单号,备注
2026-03-02 12:30:05,转账,小鲍,"转账备注:9Q2XPA",收入,¥98.97,/,已存入零钱,"1000050001\t",/,"/"
2026-03-02 12:31:00,微信红包,小鲍,"/",收入,¥20.00,/,已存入零钱,1000050002,/,"/"
2026-03-02 12:32:00,商户消费,某店,"咖啡",支出,¥18.00,零钱,支付成功,1000050003,/,"/"
2026-03-02 12:33:00,转账,小鲍,"/",收入,¥5.00,/,对方已退还,1000050004,/,"/"
2026-03-02 12:34:00,零钱提现,工商银行,"/",/,¥500.00,工商银行,提现已到账,1000050005,/,"/"
"""
ALIPAY = """\
------------------------------------------------------------------------------------
导出信息：
------------------------支付宝（中国）网络技术有限公司  电子客户回单------------------------
交易时间,交易分类,交易对方,对方账号,商品说明,收/支,金额,收/付款方式,交易状态,交易订单号,商家订单号,备注,
2026-03-02 12:30:05,转账红包,小鲍,bao***@example.com,收款,收入,98.97,,交易成功,20260302200040011100\t,\t,9Q2XPA,
2026-03-02 12:31:05,日用百货,某店,,杯子,不计收支,5.00,余额宝,交易成功,20260302200040011101\t,\t,,
2026-03-02 12:32:05,转账红包,小鲍,,收款,收入,7.00,,交易关闭,20260302200040011102\t,\t,,
"""
PAID_AT = datetime(2026, 3, 2, 4, 30, 5, tzinfo=UTC)


def read(text: str, *, encoding: str = "utf-8", currency: str = "CNY") -> Statement:
    return read_statement(text.encode(encoding), currency=currency, zone="Asia/Shanghai")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_what_wechat_exports_is_understood(encoding: str) -> None:
    found = read(WECHAT, encoding=encoding)
    first, second = found.rows
    assert (first.line, first.transaction_no, first.amount, first.paid_at) == (
        7,
        "1000050001",
        Money(9897, "CNY"),
        PAID_AT,
    )
    assert (first.payer, "9Q2XPA" in first.note) == ("小鲍", True)
    assert second.amount == Money(2000, "CNY")
    assert (found.refused, found.passed_over) == ([], 3), "spent, sent back and withdrawn money is no receipt"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_what_alipay_exports_is_understood(encoding: str) -> None:
    found = read(ALIPAY, encoding=encoding)
    [only] = found.rows
    assert (only.transaction_no, only.amount.minor, only.paid_at, only.note) == (
        "20260302200040011100",
        9897,
        PAID_AT,
        "9Q2XPA 收款",
    )
    assert found.passed_over == 2


def test_a_plain_table_in_english_is_understood_and_what_went_out_is_passed_over() -> None:
    found = read("Date;Amount;Transaction No;Note\n2026/3/2 12:30:05;1,098.97;T1;hi\n2026-03-02 13:00;-5.00;T2;\n")
    [only] = found.rows
    assert (only.amount.minor, only.paid_at, found.passed_over) == (109897, PAID_AT, 1)


HEAD = "交易时间,金额,收/支,交易单号\n"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("2026-03-02 12:30,abc,收入,T1", "金额: 'abc' is no amount; write it like 12.50"),
        ('2026-03-02 12:30,"12,50",收入,T1', "金额: '12,50' is no amount; write it like 12.50"),
        ("2026-03-02 12:30,0,收入,T1", "金额: '0' is not above zero"),
        ("2026-03-02 12:30,-1.00,收入,T1", "金额: '-1.00' is not above zero"),
        ("2026-03-02 12:30,1.234,收入,T1", "金额: '1.234' is no amount; write it like 12.50"),
        ("yesterday,1.00,收入,T1", "交易时间: 'yesterday' is no time; write it like 2026-03-02 12:30:00"),
        ("0001-01-01 00:00:00,1.00,收入,T1", "交易时间: '0001-01-01 00:00:00' is no time; write it like 2026"),
        ("9999-12-31 23:59:59,1.00,收入,T1", "交易时间: '9999-12-31 23:59:59' is no time; write it like 2026"),
        ("0001-01-01T00:00:00+10:00,1.00,收入,T1", "交易时间: '0001-01-01T00:00:00+10:00' is no time"),
        ("9999-12-31T23:59:59-10:00,1.00,收入,T1", "交易时间: '9999-12-31T23:59:59-10:00' is no time"),
        ("2026-03-02 12:30,1.00,perhaps,T1", "收/支: 'perhaps' is neither in nor out"),
        ("2026-03-02 12:30,1.00,收入,", "交易单号: '' is no transaction number"),
        ("2026-03-02 12:30,1.00,收入,1.00005E+17", "交易单号: '1.00005E+17' is no transaction number"),
        ("2026-03-02 12:30", "金额: '' is no amount"),
    ],
)
def test_a_bad_row_says_its_field_and_the_remedy_and_the_others_are_read(line: str, said: str) -> None:
    found = read(f"{HEAD}2026-03-02 12:30,1.00,收入,T0\n{line}\n2026-03-02 12:30,2.00,收入,T9\n")
    [(number, why)] = found.refused
    assert number == 3 and str(why).startswith(said)
    assert [each.transaction_no for each in found.rows] == ["T0", "T9"]


def test_money_of_which_a_part_went_back_is_not_passed_over() -> None:
    lines = "2026-03-02 12:30,20.00,T1,已退款(￥5.00)\n2026-03-02 12:30,20.00,T2,已全额退款\n"
    found = read(f"交易时间,金额,交易单号,当前状态\n{lines}")
    assert [(line, "a part went back" in str(why)) for line, why in found.refused] == [(2, True)]
    assert (found.rows, found.passed_over) == ([], 1)


@pytest.mark.parametrize("text", ["", "nothing here\n", "交易时间,金额\n2026-03-02,1.00\n", "PK\x03\x04"])
def test_a_file_that_is_no_statement_is_refused_as_a_whole(text: str) -> None:
    with pytest.raises(FileUnreadable):
        read(text)


def test_amounts_are_read_in_the_shops_currency() -> None:
    [only] = read("time,amount,transaction number\n2026-03-02 12:30,9900,T1\n", currency="JPY").rows
    assert only.amount == Money(9900, "JPY")


def test_yuan_are_no_other_currency_and_a_day_is_no_time() -> None:
    zone = "Asia/Shanghai"
    wallet = "交易单号,金额(元),交易时间\nW1,98.99,2026-03-03 12:30:00\n".encode()
    assert [row.amount.minor for row in read_statement(wallet, currency="CNY", zone=zone).rows] == [9_899]
    with pytest.raises(FileUnreadable, match="amount"):
        read_statement(wallet, currency="USD", zone=zone)
    table = "transaction,amount,time\nW1,¥98.99,2026-03-03 12:30\nW2,98.99,2026-03-03\n".encode()
    told = read_statement(table, currency="USD", zone=zone)
    assert ([line for line, _ in told.refused], list(told.rows)) == ([2, 3], [])
