"""P13's reference: LinearSVC on tf-idf of words and of runs of letters, with scikit-learn's defaults otherwise.

python3 suggestions.py SPLIT: a grievance a line, as `pratikar evaluate --split` writes them. Prints the macro F1.
"""
import sys

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import f1_score
from sklearn.pipeline import make_pipeline, make_union
from sklearn.svm import LinearSVC

parts = {"learned": ([], []), "judged": ([], [])}
with open(sys.argv[1], encoding="utf-8") as lines:
    for line in lines:
        part, category, _, text = line.rstrip("\n").split("\t")
        parts[part][0].append(text)
        parts[part][1].append(category)
# The usual pattern for words cuts Bengali at its vowel signs.
words = TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"\S+", sublinear_tf=True)
letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
model = make_pipeline(make_union(words, letters), LinearSVC())
model.fit(*parts["learned"])
texts, categories = parts["judged"]
labels = sorted(set(categories))
print(f"{f1_score(categories, model.predict(texts), labels=labels, average='macro', zero_division=0):.3f}")
