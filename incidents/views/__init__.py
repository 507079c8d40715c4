"""The screens of the incidents room."""
