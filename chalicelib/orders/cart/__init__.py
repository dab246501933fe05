"""A member's cart, kept between visits."""
