"""The words of the field, as frozen dataclasses and enums; imports nothing of ours and the standard library only."""
