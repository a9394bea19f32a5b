from __future__ import annotations

import gzip

import pytest

from csnlp.errors import ConfigError
from csnlp.io import BadRow, opening, tabular
from csnlp.types import Exchange, Turn


def test_a_table_from_excel_in_chinese(read):
    text = '编号,问题,客服回复,客服,时间,标准答案\r\n1,多重？,"亲，12公斤\r\n包邮",小美,2024/5/1 10:00:00,12kg\r\n'
    (exchange,) = read("a.csv", text.encode("gb18030"))
    assert exchange.id == "1"
    assert exchange.context == (Turn("customer", "多重？"),)
    assert exchange.reply == "亲，12公斤\r\n包邮"
    assert (exchange.agent, exchange.reference, str(exchange.time)) == ("小美", "12kg", "2024-05-01 10:00:00")


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_tabs(read, suffix):
    data = "id\treply\n1\t好的，亲\n".encode("utf-8-sig")
    (exchange,) = read(f"a.tsv{suffix}", gzip.compress(data) if suffix else data)
    assert (exchange.id, exchange.reply) == ("1", "好的，亲")


def test_unicode_text_saved_by_excel(read):
    (exchange,) = read("a.txt", "编号\t回复\r\n1\t好的\r\n".encode("utf-16"), format="tsv")
    assert (exchange.id, exchange.reply) == ("1", "好的")


def test_a_context_cell_is_json_or_a_transcript(read):
    text = (
        'context,reply\n"[{""role"": ""客户"", ""text"": ""在吗""}]",在\n"客户：在吗\n客服：在\n客户：多重",12公斤\n,好'
    )
    first, second, third = read("a.csv", text)
    assert first.context == (Turn("customer", "在吗"),)
    assert [turn.text for turn in second.context] == ["在吗", "在", "多重"]
    assert third.context == ()


def test_a_conversation_cell(read):
    first, second = read("a.csv", 'id,对话\nc,"客户：在吗\n客服：在的\n客服：您说"\n')
    assert (first.id, first.reply, second.id) == ("c#2", "在的", "c#3")


def test_rows_without_an_id_are_called_after_their_line(read):
    items = read("a.csv", 'reply\n"好\n的"\n\n好的\n')
    assert [item.id for item in items] == ["2", "5"]


def test_headers_are_compared_without_case_and_blanks(read):
    (exchange,) = read("a.csv", "ID , Reply\nx,好\n")
    assert (exchange.id, exchange.reply) == ("x", "好")


def test_a_mapped_column(read):
    (exchange,) = read("a.csv", "话术,回复\n好的,别的\n", columns={"reply": "话术"})
    assert exchange.reply == "好的"


@pytest.mark.parametrize("name", ["a.csv", "a.tsv"])
def test_a_mapped_column_that_is_not_there_is_told_at_once(read, name):
    tab = "\t" if name == "a.tsv" else ","
    with pytest.raises(ConfigError, match=r"'话术'.*编号, 回复"):
        read(name, f"编号{tab}回复\n" * 1000, columns={"reply": "话术"})


def test_a_table_without_replies_is_told_at_once(read):
    with pytest.raises(ConfigError, match="--map reply="):
        read("a.csv", "编号,内容\n1,好\n")


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("b,好,多了", "line"),
        ("b", "line"),
        ('b,"好"的"', "line"),
        ("b,", "reply"),
        ("b,😀", "reply"),
        ("b,a\x00b", None),
        ("b,a\x07b", "reply"),
        (",,", "line"),
        ("b," + "长" * 200_000, "reply"),
    ],
)
def test_a_bad_row_leaves_its_neighbours(read, row, field):
    before, bad, after = read("a.csv", f"id,reply\n1,好的\n{row}\n2,在的\n")
    assert (before.reply, after.reply) == ("好的", "在的")
    assert isinstance(bad, BadRow)
    assert bad.line == 3
    assert field is None or bad.field == field


def test_a_quote_never_closed_costs_one_row(read):
    items = read("a.csv", 'id,reply\n1,好的\n2,"忘了\n3,在的\n4,"有，引号"\n5,再见\n')
    assert [item.id for item in items if isinstance(item, Exchange)] == ["1", "3", "4", "5"]
    assert [item.line for item in items if isinstance(item, BadRow)] == [3]


def test_a_quote_never_closed_at_the_end_costs_one_row(read, monkeypatch):
    rows = "".join(f"{number},好的\n" for number in range(3, 300))
    for limit in (opening.MAX_LINE, 500):
        monkeypatch.setattr(tabular, "MAX_LINE", limit)
        items = read("a.csv", f'id,reply\n2,"忘了\n{rows}')
        assert isinstance(items[0], BadRow) and items[0].line == 2
        assert [item.id for item in items[1:]] == [str(number) for number in range(3, 300)]


def test_a_quote_never_closed_holds_no_more_blank_lines_than_text(read, monkeypatch):
    monkeypatch.setattr(tabular, "MAX_LINE", 10_000)
    good, bad, *_ = read("a.csv", 'id,reply\n1,好的\n2,"忘了' + "\n" * 500 + '"\n3,好的\n')
    assert (good.id, bad.line) == ("1", 3) and "never closed" in bad.problem


def test_many_quotes_never_closed_cost_a_bounded_number_of_reads(read, monkeypatch):
    class Counted(tabular._Lines):
        taken = 0

        def __next__(self):
            Counted.taken += 1
            return super().__next__()

    monkeypatch.setattr(tabular, "_Lines", Counted)
    stray = 'a",",c\n'  # what it opens, each line like it keeps open
    items = read("a.csv", "question,reply,x\n" + stray * 500 + '多重,"12\n公斤",y\n')
    assert Counted.taken < 500 * (tabular.MAX_READS + 3)
    assert [item.line for item in items if isinstance(item, BadRow)] == list(range(2, 502))
    assert {(item.field, item.remedy) for item in items[:-1]} == {("line", tabular._REMEDY)}
    assert "a quotation mark is opened and never closed" in items[300].problem
    assert items[-1].reply == "12\n公斤"


def test_a_cell_may_have_any_number_of_lines(read):
    reply = "好\n" * 5000 + "的"
    stray, last = read("a.csv", f'id,reply\n1,"忘了\n2,"{reply}"\n')
    assert (stray.line, last.reply) == (2, reply)


def test_a_line_over_the_limit_costs_one_row(read, monkeypatch):
    monkeypatch.setattr(opening, "MAX_LINE", 100)
    before, bad, after = read("a.csv", f"id,reply\n1,好\n2,{'长' * 1000}\n3,好\n")
    assert (before.id, bad.line, after.id) == ("1", 3, "3")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_after_a_line_over_the_limit_no_row_is_lost(read, monkeypatch, end):
    monkeypatch.setattr(opening, "MAX_LINE", 100)
    rows = [f"{number},好" for number in range(200)]
    found = read("a.csv", end.join(["id,reply", f"x,{'长' * 1000}", *rows]))
    assert [row.id for row in found[1:]] == [str(number) for number in range(200)]


def test_broken_bytes_cost_one_row(read):
    before, bad, after = read("a.csv", "id,reply\n1,好的\n2,".encode() + b"\xff\xfe\n" + "3,在的\n".encode())
    assert (before.reply, bad.field, bad.id, after.reply) == ("好的", "reply", "2", "在的")


def test_two_columns_of_one_name_are_told_where_it_is_needed(read):
    for header in ("回复,回复,备注,备注", "Reply, reply ,备注,备注"):
        with pytest.raises(ConfigError, match=r"2 columns are named .* which is to hold the reply; rename"):
            read("a.csv", f"{header}\n好,您好,x,y\n")
    (exchange,) = read("a.csv", "Reply,reply,备注,备注\n好,您好,x,y\n")
    assert exchange.reply == "您好"


def test_a_header_that_cannot_be_read_is_told(read):
    with pytest.raises(ConfigError, match="header"):
        read("a.csv", 'id,"reply\n1,好')


def test_a_table_without_a_header_is_told_without_its_first_chat(read):
    with pytest.raises(ConfigError, match="header line that it lacks") as error:
        read("a.csv", "1,我的电话是13812345678\n2,好的\n".encode())
    assert "13812345678" not in str(error.value)


@pytest.mark.parametrize("row", ["1,几号发货", "几号发货,亲，今天发哦", "几号发货,13812345678", "几号发货,2024-05-01"])
def test_the_first_chat_of_a_table_without_a_header_is_not_quoted(read, row):
    with pytest.raises(ConfigError, match="the columns are column 1, column 2") as error:
        read("a.csv", "\t".join(row.split(",")), format="tsv")
    assert "几号发货" not in str(error.value)


@pytest.mark.parametrize("row", ["客户张伟,你们太差劲了,我要投诉", "张伟,你好 在吗"])
def test_no_words_of_a_chat_without_a_header_are_quoted(read, row):
    with pytest.raises(ConfigError, match="header line that it lacks") as error:
        read("a.csv", f"{row}\n")
    assert not any(cell in str(error.value) for cell in row.split(","))


def test_a_long_name_is_told_by_its_place(read):
    with pytest.raises(ConfigError, match="the columns are 编号, column 2, 内容;"):
        read("a.csv", f"编号,{'长' * 100_000},内容\n1,2,3\n")


@pytest.mark.parametrize(
    ("name", "content", "remedy"),
    [
        ("a.csv", "id;回复\n1;好\n", "';'; save the table as CSV with commas"),
        ("a.csv", "id\t回复\n1\t好\n", "--format tsv"),
        ("a.tsv", "id,回复\n1,好\n", "--format csv"),
        ("a.csv", "sep=,\nid,回复\n1,好\n", "Excel's own and no header"),
        ("a.csv", "sep=;\nid;回复\n1;好\n", "Excel's own"),
    ],
)
def test_a_wrong_delimiter_is_told(read, name, content, remedy):
    with pytest.raises(ConfigError, match="delimiter looks wrong") as told:
        read(name, content)
    assert remedy in str(told.value)


def test_a_wrong_delimiter_is_told_with_a_mapping_too(read):
    with pytest.raises(ConfigError, match="delimiter looks wrong"):
        read("a.csv", '"id";"正文"\n1;好\n', columns={"reply": "正文"})
