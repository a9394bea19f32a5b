"""What a reply says against a standard answer: amounts, yes and no, conditions, who pays."""
