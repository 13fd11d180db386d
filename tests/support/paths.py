"""Where the repository and the sample files of the tests are."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONTRACT = ROOT / "tests" / "support" / "contract.pdf"
