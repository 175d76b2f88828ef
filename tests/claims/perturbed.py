"""Records of perturbed images that nobody measured, and what every quantity of them comes to by hand."""

import numpy as np

from tests.samples import record

STEP = np.arange(1.0, 26)
"""R at the 25 pixels."""
ROWS = np.where(np.indices((8, 8))[0] % 2, 1.0, -1.0)
"""A pattern: odd rows above even ones."""
COLUMNS = ROWS.T


def perturbed(run=None):
    """The four records of section 5, of four images each; the attacks of three times these four."""
    response = {
        # Raised, half of the outputs rise by twice as much as the others fall.
        "changes": np.array([0.6 * STEP, -0.3 * STEP] * 2),
        "steps": np.array([[0.5, 0.078], [0.4, 0.026], [0.3, 0.078], [0.2, 0.026]]),
        "slopes": np.array([26.0, 0, 26, 0]),
        "gradients": np.array([2 * STEP, 0 * STEP] * 2),
        "others": np.repeat([2 * STEP, -5 * STEP], 2, axis=0),
        "absolute": np.array([5 + ROWS] * 4),
        "positive": np.array([5 + ROWS + COLUMNS] * 4),
    }
    saliency = {
        "field": np.array([5 + ROWS] * 4),
        "saliency": np.array([10 + 2 * ROWS] * 3 + [10 - 2 * ROWS]),
    }
    odd, even = np.arange(8) % 2 == 0, np.arange(8) % 2 == 1
    moved = {
        "change": np.array([[4.0 * odd + 2 * even] * 4, [2.0 * odd + 2 * even] * 4]),
        "flipped": np.zeros((2, 4, 8), dtype=bool),
    }
    moved["flipped"][0, 0, 0] = moved["flipped"][1, :2, 0] = moved["flipped"][:, :, 1] = True
    attack = {
        "strong_changed": np.array([True, True, True, False]),
        "weak_changed": np.array([True, False, False, True]),
        "strong_fall": np.array([3.0, 2, 1, 1]),
        "weak_fall": np.array([1.0, 1, 2, 1]),
    }
    attack = {name: np.tile(held, 3) for name, held in attack.items()}
    arrays = {
        "pixel_response": response,
        "saliency": saliency,
        "translation": moved,
        "one_pixel_attack": attack,
    }
    values = {
        "translation": {"shifts": [1, 2, 3, 4, 5, 6, 7, 8]},
        "pixel_response": {"steps": [0.01, 0.001]},
    }
    return {name: record(run, name, values.get(name, {}), held) for name, held in arrays.items()}


EXPECTED = {
    "response_correlation": 1,
    "linearity_error": 100 * 0.3 / (0.6 + 0.3),
    # 0.003 times a slope of 26 is met in every other image, one of 0 is not.
    "smallest_step_error": 100 * 0.026 / (0.078 + 0.026),
    "response_size": 0.45 / 0.3,
    "rise_size": 0.3 / 0.3,
    "strong_over_weak_response": 23 / 3,
    "mistaken_sizes": 24,  # of 600 pairs 144 have the first above twice the second
    "pattern_correlation": 2**-0.5,
    "clean_pixels": 1,
    "clean_pattern": 1,
    "board_of_images": 100 * 2 / 5,
    "saliency_follows": 75,
    "saliency_ratio": (3 * 12 / 8 + 8 / 12) / 4,
    "flips_by_one": 100 * 3 / 8,
    "odd_over_even_shifts": 3 / 2,
    "attack_strong_wins": 100 * 2 / 3,
    "attack_fall_wins": 100 * 2 / 3,
}
