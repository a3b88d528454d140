"""Small untrained checkpoints, made afresh: right in form, random in content.

The classifier's weights are drawn wide, so that random models find many spans of every label.
"""

from __future__ import annotations

from pathlib import Path

TEXTS = [
    "صادرات پسته ایران به عراق در سال ۱۴۰۲ با ۱۲ درصد رشد به 3.5 میلیون دلار رسید.",
    "رتبه چهارم واردات گندم از روسیه؛ ارزش آن ۲۰۰ هزار یورو بود «به گفته گمرک» (برآورد اولیه).",
    "قيمت هر كيلو شكر در بازار تهران 57/3 هزار تومان اعلام شد و شوینده‌ها می‌شود کشورهای همسایه.",
]


def write_compact(folder: Path) -> None:
    """A folder in the form of training/train.py: the project's tokenizer, safetensors, tejarat.json."""
    from transformers import PreTrainedTokenizerFast

    from tejarat.tagger.model import ModelSettings
    from tejarat.tagger.tokenizer import train_tokenizer

    tokenizer = train_tokenizer(TEXTS * 3, 400, min_frequency=1)
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token="[UNK]", pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]"
    ).save_pretrained(folder)
    save_bert(folder, tokenizer.get_vocab_size(), seed=1)
    ModelSettings(window=32, stride=8, base="tiny", temperature=1.5).save(folder)


def write_parsbert(folder: Path) -> None:
    """ParsBERT's layout on the hub: config, weights and vocab.txt; BERT's normaliser, which drops ZWNJ."""
    from tokenizers import BertWordPieceTokenizer

    tokenizer = BertWordPieceTokenizer(clean_text=True, lowercase=True)
    tokenizer.train_from_iterator(TEXTS * 3, vocab_size=400, min_frequency=1, show_progress=False)
    tokenizer.save_model(str(folder))
    save_bert(folder, tokenizer.get_vocab_size(), seed=2)
    assert sorted(p.name for p in folder.iterdir()) == ["config.json", "model.safetensors", "vocab.txt"]


def save_bert(folder: Path, vocabulary: int, *, seed: int, positions: int = 64) -> None:
    """A random two-layer BertForTokenClassification with our tags."""
    import torch
    from transformers import BertConfig, BertForTokenClassification

    from tejarat.tagger.decode import bio_tags

    torch.manual_seed(seed)
    tags = bio_tags()
    model = BertForTokenClassification(
        BertConfig(
            vocab_size=vocabulary,
            hidden_size=16,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=32,
            max_position_embeddings=positions,
            type_vocab_size=1,
            id2label=dict(enumerate(tags)),
            label2id={tag: i for i, tag in enumerate(tags)},
        )
    )
    torch.nn.init.normal_(model.classifier.weight, std=1.5)
    model.save_pretrained(folder)
